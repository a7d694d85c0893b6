// What a configuration survives: one case for each shape of a cluster.

#include "belay/config/survival.hpp"

#include "support.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace belay;
using namespace belay::config;

namespace {

Settings cluster(std::size_t members, std::size_t witnesses) {
    Settings settings;
    for (std::size_t index = 0; index < members + witnesses; ++index) {
        settings.nodes.push_back({.name = fmt::format("n{}", index),
                                  .id = {},
                                  .heartbeat = {},
                                  .info = {},
                                  .priority = 100,
                                  .kind = index < members ? NodeKind::member : NodeKind::witness});
    }
    return settings;
}

/// "served: move within 0.9 s", or nothing when the table has no such row.
std::string fate_of(const Settings& settings, std::string_view event) {
    for (const Survival& row : survival(settings)) {
        if (row.event == event) {
            return fmt::format("{}: {}", to_text(row.fate), row.text);
        }
    }
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_survives)

BOOST_AUTO_TEST_CASE(three_members) {
    const Settings three = cluster(3, 0);
    BOOST_TEST(fate_of(three, "active_host_lost") == "served: move within 0.9 s");
    BOOST_TEST(fate_of(three, "other_host_lost") == "served: stay");
    BOOST_TEST(fate_of(three, "link_lost") == "served: move at once");
    BOOST_TEST(fate_of(three, "daemon_hung") == "served: move within 0.9 s");
    BOOST_TEST(fate_of(three, "partition") == "served: on the side that has 2 of 3 nodes");
    BOOST_TEST(fate_of(three, "two_hosts_lost") == "waits: gone until 2 of 3 nodes are back");
    BOOST_TEST(fate_of(three, "witness_lost") == "");
    BOOST_TEST(fate_of(three, "gateway_lost") == "");
}

BOOST_AUTO_TEST_CASE(five_members_survive_two_losses) {
    BOOST_TEST(fate_of(cluster(5, 0), "two_hosts_lost") == "served: stay, or move within 0.9 s");
    BOOST_TEST(fate_of(cluster(4, 0), "two_hosts_lost") == "waits: gone until 3 of 4 nodes are back");
}

BOOST_AUTO_TEST_CASE(two_members_and_a_witness) {
    const Settings site = cluster(2, 1);
    BOOST_TEST(fate_of(site, "active_host_lost") == "served: move within 0.9 s");
    BOOST_TEST(fate_of(site, "witness_lost") == "served: stay");
    BOOST_TEST(fate_of(site, "two_hosts_lost") == "waits: gone until 2 of 3 nodes are back");
    BOOST_TEST(fate_of(cluster(1, 2), "active_host_lost") == "waits: gone until it is back: no other member");
    BOOST_TEST(fate_of(cluster(1, 2), "daemon_hung") == "waits: silent until it goes on");
}

BOOST_AUTO_TEST_CASE(one_member_and_a_witness) {
    Settings pair = cluster(1, 1);
    BOOST_TEST(fate_of(pair, "witness_lost") == "served: stay"); // it cannot be doubled: nobody else may hold
    BOOST_TEST(fate_of(pair, "partition") == "served: stay");
    BOOST_TEST(fate_of(pair, "active_host_lost") == "waits: gone until it is back: no other member");
    BOOST_TEST(fate_of(pair, "link_lost") == "waits: gone until it is back: no other member");
    pair.cluster.tiebreaker = Tiebreaker::upstream;
    BOOST_TEST(fate_of(pair, "witness_lost") == "served: stay, if the gateway answers");
    BOOST_TEST(fate_of(pair, "partition") == "served: stay, if the gateway answers");
}

BOOST_AUTO_TEST_CASE(two_nodes_alone) {
    const Settings two = cluster(2, 0);
    BOOST_TEST(fate_of(two, "active_host_lost") == "operator: gone until it is back, or belay takeover");
    BOOST_TEST(fate_of(two, "other_host_lost") == "served: stay");
    BOOST_TEST(fate_of(two, "link_lost") == "served: move at once");
    BOOST_TEST(fate_of(two, "daemon_hung") == "operator: silent until it goes on, or belay takeover");
    BOOST_TEST(fate_of(two, "partition") == "served: stay");
    BOOST_TEST(fate_of(two, "two_hosts_lost") == "");
}

BOOST_AUTO_TEST_CASE(two_nodes_and_a_gateway) {
    Settings two = cluster(2, 0);
    two.cluster.tiebreaker = Tiebreaker::upstream;
    BOOST_TEST(fate_of(two, "active_host_lost") == "served: move within 1.9 s, if the gateway answers");
    BOOST_TEST(fate_of(two, "other_host_lost") == "served: stay, if the gateway answers");
    BOOST_TEST(fate_of(two, "partition") == "served: stay, or move to the side with the gateway");
    BOOST_TEST(fate_of(two, "gateway_lost") == "served: stay, while the two nodes reach each other");
    BOOST_TEST(fate_of(two, "gateway_and_host_lost") == "waits: gone until one of them is back");
}

BOOST_AUTO_TEST_CASE(the_fence_decides_about_a_daemon_that_hangs) {
    Settings three = cluster(3, 0);
    three.cluster.fence = FenceKind::off;
    BOOST_TEST(fate_of(three, "daemon_hung") == "two_holders: two nodes answer: it is not silenced (fence off)");
    three.cluster.fence = FenceKind::address; // the lease, 2 s of lifetime, 1.5 s, and the round
    BOOST_TEST(fate_of(three, "daemon_hung") == "served: move within 4.5 s");
    Settings two = cluster(2, 0);
    two.cluster.fence = FenceKind::off;
    BOOST_TEST(fate_of(two, "daemon_hung") == "served: stay, with nobody in charge");
    two.cluster.tiebreaker = Tiebreaker::upstream; // the probes of the other one are answered
    BOOST_TEST(fate_of(two, "daemon_hung") == "served: stay, with nobody in charge");
}

BOOST_AUTO_TEST_CASE(every_row_fits_a_terminal) {
    for (std::size_t members = 1; members <= 15; ++members) {
        for (std::size_t witnesses = members == 1 ? 1 : 0; members + witnesses <= 15; ++witnesses) {
            for (const FenceKind fence : {FenceKind::automatic, FenceKind::address, FenceKind::off}) {
                Settings settings = cluster(members, witnesses);
                settings.cluster.fence = fence;
                settings.cluster.tiebreaker = members + witnesses == 2 ? Tiebreaker::upstream : Tiebreaker::none;
                settings.cluster.lease = std::chrono::minutes(1);
                for (const Survival& row : survival(settings)) {
                    BOOST_TEST(row.title.size() <= 27U, row.title);
                    BOOST_TEST(row.text.size() <= 49U, row.text);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
