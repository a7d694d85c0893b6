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

BOOST_AUTO_TEST_CASE(only_four_commands_change_things) {
    for (const auto& [line, changes] : {
             std::pair{R"({"command":"status"})", false},
             {R"({"command":"nodes"})", false},
             {R"({"command":"vips"})", false},
             {R"({"command":"events","count":1})", false},
             {R"({"command":"version"})", false},
             {R"({"command":"switchover"})", true},
             {R"({"command":"maintenance","on":false})", true},
             {R"({"command":"takeover","i_have_fenced":"alpha"})", true},
             {R"({"command":"reload"})", true},
         }) {
        BOOST_TEST(control::changes(control::parse_request(line).value()) == changes, line);
    }
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
                                   "takeover, maintenance, reload, version"},
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
    };
    for (const auto& [line, text] : cases) {
        BOOST_TEST(refusal_of(line) == text);
    }
}

BOOST_AUTO_TEST_CASE(size_is_limited_and_never_echoed) {
    const std::string padding(control::request_size_max - 20, ' ');
    BOOST_TEST(control::parse_request(R"({"command":"status"})" + padding).has_value());
    BOOST_TEST(refusal_of(R"({"command":"status"})" + padding + ' ') == "the request is longer than 65536 bytes");
    BOOST_TEST(refusal_of(R"({"command":")" + std::string(5000, 'x') + "\"}").size() < 200);
    BOOST_TEST(refusal_of(R"({"command":"status",")" + std::string(5000, 'x') + "\":1}").size() < 200);
    BOOST_TEST(!control::parse_request(std::string(60'000, '[')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
