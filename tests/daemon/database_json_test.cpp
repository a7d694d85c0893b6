#include "belay/daemon/database_json.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

BOOST_AUTO_TEST_SUITE(database_json)

using namespace belay;
using namespace belay::daemon;
using nlohmann::json;

namespace {

/// What `belay db` prints of a node that holds a copy of a table with one database node, and looked at nothing yet.
json printed(bool has_pgpool) {
    databases::Table table;
    table.version = {.term = 3, .number = 1};
    table.add(0) = {.id = 0, .host = "10.77.0.50", .port = 5432, .changed = table.version, .by = NodeId{7}};
    const databases::Setup setup{
        .self = NodeId{7}, .nodes = {NodeId{7}, NodeId{8}}, .members = {NodeId{8}}, .rules = {}};
    const databases::Shared shared(setup, has_pgpool, databases::Replica(3, table, table), 0, Instant{});
    return database_table_json(shared, Instant{}, [](NodeId /*node*/) { return std::string("alpha"); });
}

} // namespace

BOOST_AUTO_TEST_CASE(a_member_says_that_its_pgpool_was_not_asked_yet) {
    const json result = printed(true);
    BOOST_TEST(result["pgpool"]["problem"] == "it was not asked yet");
    BOOST_TEST(result["in_line"] == false);
    BOOST_TEST(result["in_line_reason"] == "pgpool-II was not asked yet");
}

BOOST_AUTO_TEST_CASE(a_witness_has_no_pgpool_that_could_be_out_of_line) {
    const json result = printed(false);
    BOOST_TEST(result["databases"].size() == 1U);
    BOOST_TEST(result["databases"][0]["host"] == "10.77.0.50");
    BOOST_TEST(result["pgpool"].is_null());
    BOOST_TEST(result["in_line"] == true);
    BOOST_TEST(result["in_line_reason"].is_null());
}

BOOST_AUTO_TEST_SUITE_END()
