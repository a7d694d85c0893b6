#include "belay/cli/render.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(render_database_nodes)

using namespace belay::cli;
using nlohmann::json;

namespace {

const Style plain{.colour = false};

json database(int id, const char* status, const char* here) {
    return {
        {"id", id},         {"host", "10.77.0.5" + std::to_string(id)},        {"port", 5432},
        {"status", status}, {"role", id == 0 ? "primary" : "standby"},         {"since", "2026-11-27T10:00:00.000Z"},
        {"by", "alpha"},    {"here", {{"status", here}, {"role", "standby"}}}, {"command", nullptr}};
}

json healthy() {
    return {{"active", "alpha"},
            {"in_line", true},
            {"in_line_reason", nullptr},
            {"pgpool", {{"reachable", true}, {"problem", nullptr}}},
            {"databases", json::array({database(0, "up", "up"), database(1, "down", "down")})},
            {"votes", json::array()},
            {"waiting", json::array()}};
}

} // namespace

BOOST_AUTO_TEST_CASE(each_database_node_has_a_row) {
    json result = healthy();
    result["databases"][1]["command"] = {{"kind", "failover"}, {"node", "beta"}, {"state", "done"}};
    const std::string text = render_db(result, plain);
    BOOST_TEST(text.contains("10.77.0.50:5432"));
    BOOST_TEST(text.contains("primary"));
    BOOST_TEST(text.contains("2026-11-27 10:00:00.000Z"));
    BOOST_TEST(text.contains("failover done on beta"));
    BOOST_TEST(!text.contains("! "));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_or_waits_stands_below) {
    json result = healthy();
    result["active"] = nullptr;
    result["in_line"] = false;
    result["in_line_reason"] = "database 1 is still attached there";
    result["pgpool"] = {{"reachable", false}, {"problem", "login refused"}};
    result["votes"] = json::array({{{"id", 1}, {"nodes", 2}}});
    result["waiting"] = json::array({{{"what", "database 1 is down"}, {"for_ms", 1200}, {"why", "no active node"}}});
    const std::string text = render_db(result, plain);
    for (const char* const part : {"pgpool-II here does not answer: login refused", "there is no active node",
                                   "database 1 is still attached there", "2 nodes have seen database 1 fail",
                                   "database 1 is down, for 1200 ms: no active node"}) {
        BOOST_TEST(text.contains(part), part);
    }
}

BOOST_AUTO_TEST_CASE(nothing_known_is_said_and_nothing_expected_is_no_surprise) {
    BOOST_TEST(render_db(json{{"active", "alpha"}}, plain) == "no database node is known yet\n");
    BOOST_TEST(!render_db(json::array(), plain).empty());
}

BOOST_AUTO_TEST_SUITE_END()
