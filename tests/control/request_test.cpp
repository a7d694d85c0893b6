#include "belay/control/request.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace control = belay::control;
namespace request = belay::control::request;
using namespace std::chrono_literals;

namespace {

std::string refusal_of(std::string_view line) {
    const auto parsed = control::parse_request(line);
    return parsed ? std::string("(accepted)") : parsed.error().text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(control_request)

BOOST_AUTO_TEST_CASE(every_request_survives_its_line) {
    const control::Request all[] = {
        request::Status{},
        request::Nodes{},
        request::Vips{},
        request::Events{.count = 20},
        request::Switchover{},
        request::Switchover{.to = "bravo", .wait = 10s},
        request::Maintenance{.on = true, .length = 30min},
        request::Maintenance{.on = false, .length = {}},
        request::Takeover{.fenced = "alpha"},
        request::Reload{},
        request::Version{},
        request::Db{},
        request::DbAct{.act = request::DbAct::Act::detach, .id = 1, .wait = {}},
        request::DbAct{.act = request::DbAct::Act::recover, .id = 127, .wait = 30min},
        request::Guard{
            .kind = request::Guard::Kind::failover, .id = 1, .new_main = 2, .old_primary = 0, .deadline = 9s},
        request::Guard{
            .kind = request::Guard::Kind::follow_primary, .id = 0, .new_main = {}, .old_primary = {}, .deadline = 1ms},
        request::GuardDone{.ticket = "7-1", .exit_code = 255},
        request::Follow{.after = 17, .wait = 30s},
        request::Follow{},
        request::Confirm{.number = 18, .ok = true},
    };
    for (const control::Request& sent : all) {
        std::string line = control::to_line(sent);
        BOOST_REQUIRE(line.ends_with('\n'));
        line.pop_back();
        BOOST_TEST(!line.contains('\n'));
        const auto received = control::parse_request(line);
        BOOST_REQUIRE_MESSAGE(received.has_value(), line);
        BOOST_TEST((*received == sent), line);
    }
    BOOST_TEST(control::to_line(request::Status{}) == "{\"command\":\"status\"}\n");
}

BOOST_AUTO_TEST_CASE(each_command_takes_the_right_for_it) {
    using control::Right;
    for (const auto& [line, right] : {
             std::pair{R"({"command":"status"})", Right::read},
             {R"({"command":"nodes"})", Right::read},
             {R"({"command":"vips"})", Right::read},
             {R"({"command":"events","count":1})", Right::read},
             {R"({"command":"version"})", Right::read},
             {R"({"command":"db"})", Right::read},
             {R"({"command":"follow","wait_ms":0})", Right::read},
             {R"({"command":"switchover"})", Right::change},
             {R"({"command":"maintenance","on":false})", Right::change},
             {R"({"command":"takeover","i_have_fenced":"alpha"})", Right::change},
             {R"({"command":"reload"})", Right::change},
             {R"({"command":"db_act","act":"detach","id":0})", Right::change},
             {R"({"command":"guard","kind":"failback","id":0,"deadline_ms":1})", Right::guard},
             {R"({"command":"guard_done","ticket":"t","exit_code":0})", Right::guard},
             {R"({"command":"confirm","number":1,"ok":true})", Right::confirm},
         }) {
        BOOST_TEST((control::right_for(control::parse_request(line).value()) == right), line);
    }
}

BOOST_AUTO_TEST_CASE(guard_of_pgpool_writes_minus_one_for_no_node) {
    const std::string line = R"({"command":"guard","kind":"failover","id":3,"new_main":-1,"deadline_ms":9000})";
    const request::Guard expected{
        .kind = request::Guard::Kind::failover, .id = 3, .new_main = {}, .old_primary = {}, .deadline = 9s};
    BOOST_TEST((control::parse_request(line).value() == control::Request(expected)));
    BOOST_TEST(control::to_line(expected).contains(R"("new_main":-1,"old_primary":-1)"));
}

BOOST_AUTO_TEST_CASE(null_is_the_same_as_left_out) {
    const auto parsed = control::parse_request(R"({"command":"switchover","to":null,"wait_ms":null})");
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST((*parsed == control::Request(request::Switchover{})));
}

BOOST_AUTO_TEST_CASE(what_is_no_request_says_what_one_looks_like) {
    for (const char* line : {"", "status", "[]", "3", "{", "{\"command\":\"status\"} {}", "\xff\xfe", "null"}) {
        BOOST_TEST(refusal_of(line) ==
                   R"(the request is not a JSON object on one line; write for example {"command":"status"})");
    }
    for (const char* line : {"{}", R"({"command":7})", R"({"Command":"status"})"}) {
        BOOST_TEST(refusal_of(line) == R"(the request has no command; write for example {"command":"status"})");
    }
}

BOOST_AUTO_TEST_CASE(wrong_commands_and_arguments_are_named) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"command":"stats"})", "unknown command 'stats'; use one of status, nodes, vips, events, switchover, "
                                   "takeover, maintenance, reload, version, db, db_act, guard, guard_done, "
                                   "follow, confirm"},
        {R"({"command":"status","all":true})", "'status' takes no argument 'all'; it has none"},
        {R"({"command":"takeover"})", "'takeover' needs the argument 'i_have_fenced'"},
        {R"({"command":"takeover","i_have_fenced":""})",
         "'i_have_fenced' of 'takeover' must be a text that is not empty"},
        {R"({"command":"switchover","node":"b"})", "'switchover' takes no argument 'node'; use to, wait_ms"},
        {R"({"command":"switchover","to":7})", "'to' of 'switchover' must be a text that is not empty"},
        {R"({"command":"switchover","to":""})", "'to' of 'switchover' must be a text that is not empty"},
        {R"({"command":"switchover","wait_ms":"10s"})",
         "'wait_ms' of 'switchover' must be a whole number from 0 to 600000"},
        {R"({"command":"switchover","wait_ms":600001})",
         "'wait_ms' of 'switchover' must be a whole number from 0 to 600000"},
        {R"({"command":"events"})", "'events' needs the argument 'count'"},
        {R"({"command":"events","count":0})", "'count' of 'events' must be a whole number from 1 to 10000"},
        {R"({"command":"events","count":1.5})", "'count' of 'events' must be a whole number from 1 to 10000"},
        {R"({"command":"events","count":-1})", "'count' of 'events' must be a whole number from 1 to 10000"},
        {R"({"command":"events","count":18446744073709551615})",
         "'count' of 'events' must be a whole number from 1 to 10000"},
        {R"({"command":"maintenance"})", "'maintenance' needs the argument 'on'"},
        {R"({"command":"maintenance","on":"yes"})", "'on' of 'maintenance' must be true or false"},
        {R"({"command":"maintenance","on":true,"for_ms":0})",
         "'for_ms' of 'maintenance' must be a whole number from 1 to 31536000000"},
        {R"({"command":"db_act","id":1})", "'db_act' needs the argument 'act'"},
        {R"({"command":"db_act","act":"drop","id":1})",
         "'act' of 'db_act' must be one of detach, attach, promote, recover"},
        {R"({"command":"db_act","act":3,"id":1})", "'act' of 'db_act' must be one of detach, attach, promote, recover"},
        {R"({"command":"db_act","act":"attach"})", "'db_act' needs the argument 'id'"},
        {R"({"command":"db_act","act":"attach","id":128})", "'id' of 'db_act' must be a whole number from 0 to 127"},
        {R"({"command":"db_act","act":"attach","id":1,"wait_ms":1800001})",
         "'wait_ms' of 'db_act' must be a whole number from 0 to 1800000"},
        {R"({"command":"guard","kind":"failover","id":-1,"deadline_ms":1})",
         "'id' of 'guard' must be a whole number from 0 to 127"},
        {R"({"command":"guard","kind":"failover","id":1,"new_main":18446744073709551615,"deadline_ms":1})",
         "'new_main' of 'guard' must be a whole number from -1 to 127"},
        {R"({"command":"guard","kind":"failover","id":1})", "'guard' needs the argument 'deadline_ms'"},
        {R"({"command":"guard","kind":"fail","id":1,"deadline_ms":1})",
         "'kind' of 'guard' must be one of failover, failback, follow_primary"},
        {R"({"command":"guard_done","ticket":"","exit_code":0})",
         "'ticket' of 'guard_done' must be a text that is not empty"},
        {R"({"command":"guard_done","ticket":"t","exit_code":256})",
         "'exit_code' of 'guard_done' must be a whole number from 0 to 255"},
        {R"({"command":"follow","after":-1,"wait_ms":1})",
         "'after' of 'follow' must be a whole number from 0 to 9223372036854775807"},
        {R"({"command":"follow","wait_ms":600001})", "'wait_ms' of 'follow' must be a whole number from 0 to 600000"},
        {R"({"command":"confirm","number":1})", "'confirm' needs the argument 'ok'"},
    };
    for (const auto& [line, text] : cases) {
        BOOST_TEST(refusal_of(line) == text);
    }
}

BOOST_AUTO_TEST_CASE(size_is_limited_and_never_echoed) {
    const std::string padding(control::request_size_max - 20, ' ');
    BOOST_TEST(control::parse_request(R"({"command":"status"})" + padding).has_value());
    BOOST_TEST(refusal_of(R"({"command":"status"})" + padding + ' ') == "the request is longer than 65536 bytes");
    BOOST_TEST(refusal_of(R"({"command":")" + std::string(5000, 'x') + "\"}").size() < 300);
    BOOST_TEST(refusal_of(R"({"command":"status",")" + std::string(5000, 'x') + "\":1}").size() < 300);
    BOOST_TEST(!control::parse_request(std::string(60'000, '[')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
