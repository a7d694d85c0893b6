// `belay run-on` beside a daemon that tells changes of its role: which commands run, what they learn, and what the
// daemon is told of their ends.

#include "program_bench.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(cli_run_on)

using namespace belay;
using namespace std::chrono_literals;
using belay::cli::testing::Bench;
using belay::cli::testing::Outcome;
using control::request::Confirm;
using control::request::Follow;
using nlohmann::json;

namespace {

json change(std::uint64_t number, const std::string& to, bool awaited = false) {
    return {{"number", number},
            {"to", to},
            {"from", "?"},
            {"term", 65},
            {"time", "noon"},
            {"why", "elected"},
            {"reason", "it was chosen"},
            {"awaited", awaited}};
}

/// Gives one answer after another to the follower, and then one that ends it: that it may not ask.
struct Daemon {
    std::vector<std::vector<json>> answers;
    std::string run = "run 1";
    std::vector<std::optional<std::uint64_t>> asked_after = {};
    std::vector<Confirm> told = {};

    control::Handler handler() {
        return [this](const control::Request& request, const control::ReplyFunction& reply) {
            if (const auto* const follow = std::get_if<Follow>(&request)) {
                asked_after.push_back(follow->after);
                answer(reply);
            } else if (const auto* const confirm = std::get_if<Confirm>(&request)) {
                told.push_back(*confirm);
                reply(control::ok_reply({{"text", "noted"}}));
            }
        };
    }

    void answer(const control::ReplyFunction& reply) {
        if (asked_after.size() > answers.size()) {
            reply(control::error_reply("the story is over"));
            return;
        }
        reply(control::ok_reply({{"run", run},
                                 {"node", "alpha"},
                                 {"cluster", "pgha"},
                                 {"vips", {"10.77.0.100", "fd77::100"}},
                                 {"changes", answers[asked_after.size() - 1]}}));
    }
};

Outcome run_on(Bench& bench, const std::string& transition, const std::string& script) {
    return bench.belay({"run-on", transition, "--", "sh", "-c", script});
}

const std::string roles = "echo $BELAY_FROM-$BELAY_TO";

} // namespace

BOOST_AUTO_TEST_CASE(each_change_runs_the_command_once_in_order) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "standby")}, {}, {change(8, "active")}, {change(9, "standby")}}};
    bench.start_daemon(daemon.handler());
    const Outcome outcome = run_on(bench, "any", roles);
    BOOST_TEST(outcome.out == "unknown-standby\nstandby-active\nactive-standby\n");
    BOOST_TEST(outcome.exit_code == 1);
    BOOST_TEST(outcome.err.contains("belay: run-on: the story is over"));
    BOOST_TEST((daemon.asked_after == std::vector<std::optional<std::uint64_t>>{std::nullopt, 7, 7, 8, 9}));
    BOOST_TEST(daemon.told.empty()); // nobody asked for its word
}

BOOST_AUTO_TEST_CASE(only_the_transition_asked_for_runs_it) {
    for (const std::string transition : {"active", "standby", "down"}) {
        Bench bench;
        Daemon daemon{.answers = {{change(7, "joining")},
                                  {change(8, "standby")},
                                  {change(9, "active")},
                                  {change(10, "standby")},
                                  {change(11, "down")}}};
        bench.start_daemon(daemon.handler());
        const Outcome outcome = run_on(bench, transition, "echo $BELAY_TO");
        const std::string line = transition + "\n";
        BOOST_TEST(outcome.out == (transition == "standby" ? line + line : line));
    }
}

BOOST_AUTO_TEST_CASE(the_command_learns_all_about_the_change) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "active")}}};
    bench.start_daemon(daemon.handler());
    const Outcome outcome = run_on(bench, "active",
                                   "for name in NODE CLUSTER VIPS FROM TO TERM NUMBER TIME WHY REASON; do "
                                   "eval echo $name=\\$BELAY_$name; done");
    BOOST_TEST(outcome.out == "NODE=alpha\nCLUSTER=pgha\nVIPS=10.77.0.100 fd77::100\nFROM=unknown\nTO=active\nTERM=65\n"
                              "NUMBER=7\nTIME=noon\nWHY=elected\nREASON=it was chosen\n");
}

BOOST_AUTO_TEST_CASE(the_daemon_is_told_how_it_ended_where_it_waits) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "active", true)}, {change(8, "standby", true)}, {change(9, "active", true)}}};
    bench.start_daemon(daemon.handler());
    const Outcome outcome = run_on(bench, "any", "[ $BELAY_NUMBER != 9 ]");
    BOOST_REQUIRE(daemon.told.size() == 3U);
    BOOST_TEST((daemon.told[0] == Confirm{.number = 7, .ok = true}));
    BOOST_TEST((daemon.told[1] == Confirm{.number = 8, .ok = true}));
    BOOST_TEST((daemon.told[2] == Confirm{.number = 9, .ok = false}));
    BOOST_TEST(outcome.err.contains("belay: run-on: active: the command ended with exit code 1 after"));
}

BOOST_AUTO_TEST_CASE(what_was_not_run_is_not_confirmed) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "active", true)}}};
    bench.start_daemon(daemon.handler());
    static_cast<void>(run_on(bench, "standby", roles));
    BOOST_TEST(daemon.told.empty());
}

/// Others may hold the VIPs by then: a route that is moved now would be moved away from them.
BOOST_AUTO_TEST_CASE(a_change_to_active_that_is_over_is_not_carried_out) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "standby")},
                              {change(8, "active"), change(9, "standby")},
                              {change(9, "standby"), change(10, "active")},
                              {change(10, "active")}}};
    bench.start_daemon(daemon.handler());
    const Outcome outcome = run_on(bench, "any", roles);
    BOOST_TEST(outcome.out == "unknown-standby\nactive-standby\nstandby-active\n");
    BOOST_TEST(outcome.err.contains("run-on: active (number 8): over already, so the command is not run"));
    BOOST_TEST((daemon.asked_after == std::vector<std::optional<std::uint64_t>>{std::nullopt, 7, 8, 9, 10}));
}

BOOST_AUTO_TEST_CASE(no_daemon_is_down_and_told_once) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "standby")}}};
    bench.after(1200ms, [&] { bench.start_daemon(daemon.handler()); }); // after two more tries
    const Outcome outcome = run_on(bench, "any", roles + " $BELAY_WHY \"$BELAY_NUMBER\" \"$BELAY_NODE\"");
    BOOST_TEST(outcome.out == "unknown-down no_daemon  \ndown-standby elected 7 alpha\n");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_goes_away_is_down) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "active")}, {change(8, "standby")}}};
    bench.start_daemon([&](const control::Request& /*request*/, const control::ReplyFunction& reply) {
        daemon.asked_after.emplace_back();
        daemon.answer(reply);
        bench.after(0ms, [&] { bench.end_daemon(); });
    });
    bench.after(300ms, [&] { bench.start_daemon(daemon.handler()); });
    const Outcome outcome = run_on(bench, "any", roles + " $BELAY_NODE");
    BOOST_TEST(outcome.out == "unknown-active alpha\nactive-down alpha\ndown-standby alpha\n");
}

BOOST_AUTO_TEST_CASE(another_run_of_the_daemon_was_down_in_between) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "active")}, {change(900, "joining")}}};
    bench.start_daemon([&](const control::Request& request, const control::ReplyFunction& reply) {
        daemon.run = daemon.asked_after.empty() ? "run 1" : "run 2";
        daemon.handler()(request, reply);
    });
    const Outcome outcome = run_on(bench, "any", roles);
    BOOST_TEST(outcome.out == "unknown-active\nactive-down\ndown-joining\n");
}

BOOST_AUTO_TEST_CASE(a_signal_waits_for_the_command_and_its_word) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "active", true)}, {change(8, "standby")}}};
    bench.start_daemon(daemon.handler());
    const Outcome outcome = run_on(bench, "any", "kill -TERM $PPID; " + roles);
    BOOST_TEST(outcome.exit_code == 128 + 15);
    BOOST_TEST(outcome.out == "unknown-active\n");
    BOOST_REQUIRE(daemon.told.size() == 1U);
    BOOST_TEST(daemon.told[0].ok);
}

/// The command itself can be ended as ever.
BOOST_AUTO_TEST_CASE(the_command_has_no_signals_blocked) {
    Bench bench;
    Daemon daemon{.answers = {{change(7, "active", true)}}};
    bench.start_daemon(daemon.handler());
    const Outcome outcome = run_on(bench, "any", "kill -TERM $$; echo still there");
    BOOST_TEST(outcome.out == "");
    BOOST_TEST(outcome.err.contains("exit code 143"));
    BOOST_TEST(!daemon.told.at(0).ok);
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_run_nothing) {
    Bench bench;
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{"run-on", "active"}, "the command to run is missing"},
        {{"run-on", "master", "--", "true"}, "'master' is none of active, standby, down, any"},
        {{"run-on", "--", "true"}, "see: belay run-on --help"},
    };
    for (const auto& [arguments, text] : cases) {
        const Outcome outcome = bench.belay(arguments);
        BOOST_TEST(outcome.exit_code == 2, text);
        BOOST_TEST(outcome.err.contains(text), outcome.err);
    }
}

BOOST_AUTO_TEST_SUITE_END()
