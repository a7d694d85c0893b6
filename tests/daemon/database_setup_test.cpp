#include "belay/daemon/database_setup.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(database_setup_of)

using namespace belay;
using namespace belay::daemon;

namespace {

config::Node node(const std::string& name, int number) {
    const std::string address = "10.77.0." + std::to_string(number);
    return {.name = name,
            .id = node_id(name),
            .heartbeat = {parse_endpoint("10.78.0." + std::to_string(number) + ":7940").value()},
            .info = parse_endpoint(address + ":7941").value()};
}

config::Settings three() {
    config::Settings settings;
    settings.nodes = {node("alpha", 1), node("beta", 2), node("gamma", 3)};
    settings.nodes[2].kind = config::NodeKind::witness;
    settings.pgpool = config::Pgpool{.failover_when_quorum_exists = false,
                                     .failover_consensus = config::Consensus::half,
                                     .consensus_timeout = std::chrono::seconds(7)};
    return settings;
}

databases::Table primary_at(const std::string& host) {
    databases::Table table;
    table.add(1).host = host;
    table.primary = 1;
    return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(all_nodes_keep_the_table_and_members_have_a_pgpool) {
    const databases::Setup setup = database_setup(three(), node_id("beta"));
    BOOST_TEST((setup.self == node_id("beta")));
    BOOST_TEST(setup.nodes.size() == 3U);
    BOOST_TEST((setup.members == std::vector{node_id("alpha"), node_id("beta")}));
    BOOST_TEST(!setup.rules.quorum_required);
    BOOST_TEST((setup.rules.consensus == databases::Consensus::half));
    BOOST_TEST((setup.rules.consensus_timeout == std::chrono::seconds(7)));
}

BOOST_AUTO_TEST_CASE(the_primary_is_near_by_its_number_or_by_an_address_of_the_host) {
    config::Settings settings = three();
    BOOST_TEST(is_near_primary(settings, node_id("alpha"), primary_at("10.77.0.1")));
    BOOST_TEST(is_near_primary(settings, node_id("alpha"), primary_at("10.78.0.1")));
    BOOST_TEST(!is_near_primary(settings, node_id("beta"), primary_at("10.77.0.1")));
    settings.nodes[1].database = 1;
    BOOST_TEST(is_near_primary(settings, node_id("beta"), primary_at("db.example")));
    settings.nodes[0].database = 0;
    BOOST_TEST(!is_near_primary(settings, node_id("alpha"), primary_at("10.77.0.1")));
    BOOST_TEST(!is_near_primary(settings, node_id("beta"), databases::Table{}));
}

BOOST_AUTO_TEST_SUITE_END()
