#include "belay/pgpool/pcp_reply.hpp"

#include "recorded.hpp"

#include <boost/test/unit_test.hpp>
#include <string_view>

BOOST_AUTO_TEST_SUITE(pcp_reply)

using namespace belay;
using namespace belay::pgpool;
using namespace std::string_view_literals;
using namespace std::string_literals;
using belay::pgpool::test::recorded;

namespace {

PcpFrame frame(char type, std::string_view payload) {
    return {.type = type, .payload = std::string(payload)};
}

/// An answer to H about node 0, with one field that may be wrong.
std::string node_problem(std::string_view port, std::string_view status, std::string_view role) {
    std::string payload("CommandComplete\0"
                        "0\0db\0"sv);
    for (const std::string_view field : {port, status, role, "2026-11-27 10:00:00"sv}) {
        payload.append(field).push_back('\0');
    }
    const auto node = parse_node(frame('h', payload), 0);
    return node ? "" : node.error().text;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_login_has_a_salt_and_its_acknowledgement) {
    const auto frames = recorded("login");
    BOOST_REQUIRE(frames.size() == 2U);
    BOOST_TEST(frames[0].type == 'm');
    BOOST_TEST(parse_salt(frames[0]).has_value());
    BOOST_TEST(frames[1].type == 'r');
    BOOST_TEST(parse_done(frames[1]).has_value());
    BOOST_TEST(!parse_salt(frame('m', "abc")).has_value());
    BOOST_TEST(!parse_salt(frame('m', "abcde")).has_value());
}

BOOST_AUTO_TEST_CASE(primary_and_standby_are_read) {
    const auto frames = recorded("look");
    BOOST_REQUIRE(frames.size() == 3U);
    BOOST_TEST(parse_count(frames[0]).value() == 2U);
    const Backend primary = parse_node(frames[1], 0).value().backend;
    BOOST_TEST((primary.status == BackendStatus::connecting)); // no client asked for it yet
    BOOST_TEST((primary.role == BackendRole::primary));
    BOOST_TEST(primary.port == 5432);
    const PcpNode standby = parse_node(frames[2], 1).value();
    BOOST_TEST((standby.backend.role == BackendRole::standby));
    BOOST_TEST(standby.backend.port == 5433);
    BOOST_TEST(standby.changed == "2026-11-27 17:30:58");
}

BOOST_AUTO_TEST_CASE(a_gap_in_the_numbers_is_an_unused_node_without_a_host) {
    const auto frames = recorded("look_gap");
    BOOST_TEST(parse_count(frames.at(0)).value() == 3U);
    const Backend gap = parse_node(frames.at(2), 1).value().backend;
    BOOST_TEST((gap.status == BackendStatus::unused));
    BOOST_TEST(gap.host.empty());
    BOOST_TEST(gap.port == 0);
    BOOST_TEST((parse_node(frames.at(3), 2).value().backend.status == BackendStatus::connecting));
}

BOOST_AUTO_TEST_CASE(a_detached_node_is_down_and_back_when_it_is_attached) {
    const auto frames = recorded("detach");
    BOOST_TEST(parse_done(frames.at(0)).has_value());
    BOOST_TEST((parse_node(frames.at(1), 1).value().backend.status == BackendStatus::down));
    BOOST_TEST(parse_node(recorded("attached").at(0), 1).value().backend.attached());
    BOOST_TEST(parse_done(recorded("reload").at(0)).has_value());
}

BOOST_AUTO_TEST_CASE(states_and_roles_may_be_words_or_numbers) {
    for (const std::string_view status : {"unused", "waiting", "up", "down", "quarantine", "0", "1", "2", "3"}) {
        BOOST_TEST(node_problem("1", status, "main").empty(), status);
    }
    for (const std::string_view role :
         {"main", "replica", "primary", "standby", "master", "slave", "0", "1", "2", "3"}) {
        BOOST_TEST(node_problem("65535", "up", role).empty(), role);
    }
}

BOOST_AUTO_TEST_CASE(an_impossible_node_is_refused) {
    BOOST_TEST(node_problem("65536", "up", "main") == "database node 0 with the impossible port '65536'");
    BOOST_TEST(node_problem("5432x", "up", "main").contains("port"));
    BOOST_TEST(node_problem("1", "sideways", "main") == "database node 0 with the unknown status 'sideways'");
    BOOST_TEST(node_problem("1", "4", "main").contains("status"));
    BOOST_TEST(node_problem("1", "up", "lea\x1b[der") == "database node 0 with the unknown role 'lea?[der'");
    const auto look = recorded("look");
    BOOST_TEST(parse_node(look.at(1), 1).error().text == "an answer about database node '0' instead of 1");
    BOOST_TEST(!parse_node(frame('h', ""), 0).has_value());
    BOOST_TEST(!parse_node(frame('h', "CommandComplete\0"
                                      "0\0"sv),
                           0)
                    .has_value());
    BOOST_TEST(!parse_node(frame('h', look.at(1).payload.substr(0, 60)), 0).has_value());
}

BOOST_AUTO_TEST_CASE(a_count_is_a_number_that_pgpool_can_have) {
    const auto count = [](std::string_view text) {
        return parse_count(frame('l', "CommandComplete\0"s + std::string(text) + '\0')).has_value();
    };
    BOOST_TEST(count("0"));
    BOOST_TEST(count("128"));
    for (const std::string_view bad : {"129", "-1", "", "2 ", "99999999999"}) {
        BOOST_TEST(!count(bad), bad);
    }
    BOOST_TEST(!parse_count(frame('l', "CommandComplete\0"sv)).has_value());
    BOOST_TEST(!parse_done(frame('d', "CommandIncomplete\0"sv)).has_value());
}

BOOST_AUTO_TEST_CASE(a_complaint_has_pgpools_words_and_says_whether_it_is_fatal) {
    const auto errors = recorded("errors");
    BOOST_TEST(parse_complaint(errors.at(0)).text ==
               "informing health check stats info failed (stats data for node ID 2 does not exist)");
    BOOST_TEST(!parse_complaint(errors.at(0)).fatal);
    const PcpComplaint login = parse_complaint(recorded("login_refused").back());
    BOOST_TEST(login.fatal);
    BOOST_TEST(login.text == "authentication failed for user \"admin\" (username and/or password does not match)");
    BOOST_TEST(parse_complaint(recorded("promote_primary").at(0)).fatal);
    BOOST_TEST(parse_complaint(recorded("recover_refused").at(0))
                   .text.starts_with("executing remote start failed with error: \"ERROR:  function "
                                     "pgpool_remote_start(unknown, unknown) does not "
                                     "exist LINE 1: "));
    BOOST_TEST(parse_complaint(frame('E', "\x01\x02")).text == "an error without words");
    BOOST_TEST(parse_complaint(frame('E', "M\xff\x1b\0"sv)).text == "??");
    BOOST_TEST(parse_complaint(frame('E', "M" + std::string(5000, 'x') + '\0')).text.size() == 300U);
}

BOOST_AUTO_TEST_SUITE_END()
