#include "belay/cli/render.hpp"
#include "sample.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::cli;
using namespace belay::cli::testing;

BOOST_AUTO_TEST_SUITE(cli_render_lists)

BOOST_AUTO_TEST_CASE(nodes_with_a_silent_channel_and_a_refused_node) {
    json status = healthy_active();
    json& bravo = status["nodes"][1];
    bravo["channels"][1]["up"] = false;
    bravo["channels"][1]["last_heard_ms"] = 98'000;
    bravo["channels"][1]["trouble"] = "cannot send: Network is unreachable";
    json& charlie = status["nodes"][2];
    charlie["role"] = "refused";
    charlie["eligible"] = false;
    charlie["problem"] = "another cluster name: pgha2";
    charlie["info"] = {{"connected", false}, {"refusal", "another cluster name: pgha2"}};
    charlie["card"] = nullptr;
    charlie["channels"][1]["last_heard_ms"] = nullptr;
    BOOST_TEST(render_nodes(status, {}) == R"(NODE     ROLE     ELIGIBLE  PRIORITY  HEARD   CHANNELS   INFO
alpha    active   yes       100       (this)  -          -
bravo    standby  yes       100       42 ms   1 of 2 up  yes
charlie  refused  no        100       42 ms   2 of 2 up  no

alpha
  belayd 0.1.0
  why: won the election with 3 of 3 votes
  1  10.77.0.1:7940
  2  10.78.0.1:7940

bravo
  belayd 0.1.0
  1  10.77.0.1:7940 -> 10.77.0.2:7940
     up, heard 42 ms ago, received 120332, lost 3, rejected 0
  2  10.78.0.1:7940 -> 10.78.0.2:7940
     silent, heard 1 min ago, received 120332, lost 3, rejected 0
     cannot send: Network is unreachable

charlie
  problem: another cluster name: pgha2
  1  10.77.0.1:7940 -> 10.77.0.3:7940
     up, heard 42 ms ago, received 120332, lost 3, rejected 0
  2  10.78.0.1:7940 -> 10.78.0.3:7940
     up, heard never, received 120332, lost 3, rejected 0
)");
}

BOOST_AUTO_TEST_CASE(vips_with_a_problem) {
    json status = healthy_active();
    status["vips"][1]["present"] = false;
    status["vips"][1]["problem"] = "the kernel refuses it: No such device";
    BOOST_TEST(render_vips(status, {}) == R"(VIP   ADDRESS         INTERFACE  HERE
main  10.77.0.100/24  eth0       yes
six   fd77::100/64    eth0       no
six: the kernel refuses it: No such device
)");
}

BOOST_AUTO_TEST_CASE(a_vip_with_a_foreign_host) {
    json status = healthy_active();
    take_vip(status["vips"][0]);
    BOOST_TEST(render_vips(status, {}) == R"(VIP   ADDRESS         INTERFACE  HERE
main  10.77.0.100/24  eth0       no
six   fd77::100/64    eth0       yes
main: the foreign host 02:00:5e:00:53:01 on eth0 uses it; it is asked for again
      each second
)");
}

BOOST_AUTO_TEST_CASE(events_of_foreign_hosts) {
    const json event = {{"time", "2026-11-23T17:40:00.123Z"},
                        {"node", "alpha"},
                        {"event", "vip_claimed"},
                        {"vip", "main"},
                        {"address", "10.77.0.100/24"},
                        {"interface", "eth0"},
                        {"mac", "02:00:5e:00:53:01"},
                        {"reason", "10.77.0.100 is claimed by the foreign host 02:00:5e:00:53:01 on eth0, while this "
                                   "node serves it"}};
    BOOST_TEST(render_events({{"events", json::array({event})}}, {}) ==
               R"(2026-11-23 17:40:00.123Z  alpha: VIP main (10.77.0.100/24)
    10.77.0.100 is claimed by the foreign host 02:00:5e:00:53:01 on eth0, while
    this node serves it
)");
}

BOOST_AUTO_TEST_CASE(events_with_their_reasons) {
    const json result = {
        {"events", json::array({{{"time", "2026-11-23T17:40:00.123Z"},
                                 {"node", "alpha"},
                                 {"from", "joining"},
                                 {"to", "standby"},
                                 {"reason", "the abstention is over"}},
                                {{"time", "2026-11-23T17:40:00.623Z"},
                                 {"node", "alpha"},
                                 {"from", "standby"},
                                 {"to", "active"},
                                 {"reason", "won the election with 3 of 3 votes, because bravo fell silent and its "
                                            "promises ran out"}}})}};
    BOOST_TEST(render_events(result, {}) == R"(2026-11-23 17:40:00.123Z  alpha: joining -> standby
    the abstention is over
2026-11-23 17:40:00.623Z  alpha: standby -> active
    won the election with 3 of 3 votes, because bravo fell silent and its
    promises ran out
)");
}

BOOST_AUTO_TEST_CASE(events_of_the_fence) {
    const json result = {{"events", json::array({{{"time", "2026-11-23T17:40:00.123Z"},
                                                  {"node", "alpha"},
                                                  {"event", "fence_lost"},
                                                  {"reason", "the process with netlink port 4711 deleted the table "
                                                             "inet belay; no VIP is served before it is there again"}},
                                                 {{"time", "2026-11-23T17:40:00.124Z"},
                                                  {"node", "alpha"},
                                                  {"event", "fence_built"},
                                                  {"reason", "made again"}}})}};
    BOOST_TEST(render_events(result, {}) == R"(2026-11-23 17:40:00.123Z  alpha: fence lost
    the process with netlink port 4711 deleted the table inet belay; no VIP is
    served before it is there again
2026-11-23 17:40:00.124Z  alpha: fence built
    made again
)");
}

BOOST_AUTO_TEST_CASE(nothing_to_list_is_said) {
    BOOST_TEST(render_nodes(json::object(), {}) == "no nodes\n");
    BOOST_TEST(render_vips({{"vips", json::array()}}, {}) == "no VIPs\n");
    BOOST_TEST(render_events({{"events", json::array()}}, {}) == "nothing has happened yet\n");
    BOOST_TEST(render_events({{"events", json::array({7, nullptr})}}, {}).ends_with('\n'));
}

BOOST_AUTO_TEST_CASE(acts_say_what_the_daemon_said) {
    BOOST_TEST(render_switchover({{"from", "alpha"}, {"to", "bravo"}, {"text", "bravo serves after 3 ms"}}, {}) ==
               "bravo serves after 3 ms\n");
    BOOST_TEST(render_switchover({{"from", "alpha"}, {"to", "bravo"}}, {}) == "handed over from alpha to bravo\n");
    BOOST_TEST(render_maintenance({{"on", true}}, {}) == "maintenance is on\n");
    BOOST_TEST(render_reload({{"changed", json::array()}}, {}) == "reloaded: nothing changed\n");
    BOOST_TEST(render_reload({{"changed", {"[announce] burst", "[node alpha] priority"}}, {"text", "done"}}, {}) ==
               "done\n  changed: [announce] burst\n  changed: [node alpha] priority\n");
}

BOOST_AUTO_TEST_SUITE_END()
