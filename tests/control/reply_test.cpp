#include "belay/control/reply.hpp"

#include <boost/test/unit_test.hpp>

namespace control = belay::control;

BOOST_AUTO_TEST_SUITE(control_reply)

BOOST_AUTO_TEST_CASE(both_kinds_survive_their_line) {
    const auto good = control::parse_reply(R"({"ok":true,"result":{"version":"1"}})");
    BOOST_REQUIRE(good.has_value());
    BOOST_TEST(good->ok);
    BOOST_TEST(good->result.at("version") == "1");
    BOOST_TEST(control::to_line(control::ok_reply({{"version", "1"}})) ==
               "{\"ok\":true,\"result\":{\"version\":\"1\"}}\n");

    const auto bad = control::parse_reply(R"({"ok":false,"error":"no"})");
    BOOST_REQUIRE(bad.has_value());
    BOOST_TEST(!bad->ok);
    BOOST_TEST(bad->error == "no");
    BOOST_TEST(control::to_line(control::error_reply("no")) == "{\"error\":\"no\",\"ok\":false}\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_refused) {
    for (const char* line :
         {"", "hello", "[]", "{}", R"({"ok":1})", R"({"ok":true})", R"({"ok":true,"result":7})", R"({"ok":false})"}) {
        BOOST_TEST(!control::parse_reply(line).has_value(), line);
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_text_do_not_throw) {
    const std::string line = control::to_line(control::error_reply("bad \xff byte\nnext"));
    BOOST_TEST(control::parse_reply(line).value().error == "bad \xef\xbf\xbd byte\nnext");
    BOOST_TEST(line.find('\n') == line.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()
