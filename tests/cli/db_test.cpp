// `belay db` as a command line: what it asks the daemon, and what it refuses itself.

#include "program_bench.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(cli_db)

using namespace belay;
using belay::cli::testing::Bench;
using belay::cli::testing::Outcome;
using control::request::DbAct;

BOOST_AUTO_TEST_CASE(each_act_is_asked_with_its_wait) {
    Bench bench;
    std::vector<DbAct> asked;
    bench.start_daemon([&asked](const control::Request& request, const control::ReplyFunction& reply) {
        if (const auto* const act = std::get_if<DbAct>(&request)) {
            asked.push_back(*act);
        }
        reply(control::ok_reply({{"text", "database 2 is so"}}));
    });
    for (const char* const act : {"detach", "attach", "promote", "recover"}) {
        const Outcome outcome = bench.belay({"db", act, "2"});
        BOOST_TEST(outcome.exit_code == 0, act);
        BOOST_TEST(outcome.out == "database 2 is so\n");
    }
    BOOST_TEST(bench.belay({"db", "attach", "127", "--wait", "3s"}).exit_code == 0);
    BOOST_REQUIRE(asked.size() == 5U);
    BOOST_TEST((asked[0].act == DbAct::Act::detach));
    BOOST_TEST((asked[3].act == DbAct::Act::recover));
    BOOST_TEST((asked[0].wait == std::chrono::seconds(10)));
    BOOST_TEST((asked[3].wait == std::chrono::minutes(30)));
    BOOST_TEST((asked[4].wait == std::chrono::seconds(3)));
    BOOST_TEST(asked[4].id == 127U);
}

BOOST_AUTO_TEST_CASE(what_the_daemon_refuses_fails_with_its_words) {
    Bench bench;
    bench.start_daemon([](const control::Request& /*request*/, const control::ReplyFunction& reply) {
        reply(control::error_reply("there is no database 9; `belay db` lists them"));
    });
    const Outcome outcome = bench.belay({"db", "detach", "9"});
    BOOST_TEST(outcome.exit_code == 1);
    BOOST_TEST(outcome.err == "belay: there is no database 9; `belay db` lists them\n");
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_ask_nothing) {
    Bench bench;
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{"db", "drop", "1"}, "'drop' is none of list, detach, attach, promote, recover"},
        {{"db", "detach"}, "'detach' needs the number of a database node"},
        {{"db", "list", "1"}, "say what to do with it"},
        {{"db", "detach", "128"}, "see: belay db --help"},
        {{"db", "detach", "1", "--wait", "31min"}, "'31min' is not from 0ms to 30min"},
    };
    for (const auto& [arguments, text] : cases) {
        const Outcome outcome = bench.belay(arguments);
        BOOST_TEST(outcome.exit_code == 2, text);
        BOOST_TEST(outcome.err.contains(text), outcome.err);
    }
}

BOOST_AUTO_TEST_SUITE_END()
