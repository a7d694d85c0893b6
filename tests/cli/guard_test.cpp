// `belay guard` as pgpool-II calls it: the command runs when the daemon says so and never otherwise, and its end is
// told.

#include "program_bench.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

BOOST_AUTO_TEST_SUITE(cli_guard)

using namespace belay;
using belay::cli::testing::Bench;
using belay::cli::testing::Outcome;
using control::request::Guard;
using control::request::GuardDone;
using nlohmann::json;

namespace {

/// A daemon with one verdict, which remembers what it was asked and told.
struct Daemon {
    std::string verdict = "run";
    json primary = nullptr;
    std::optional<Guard> asked;
    std::optional<GuardDone> told;

    control::Handler handler() {
        return [this](const control::Request& request, const control::ReplyFunction& reply) {
            if (const auto* const guard = std::get_if<Guard>(&request)) {
                asked = *guard;
                reply(control::ok_reply(
                    {{"verdict", verdict}, {"text", "because"}, {"ticket", "failover/1"}, {"primary", primary}}));
            } else if (const auto* const done = std::get_if<GuardDone>(&request)) {
                told = *done;
                reply(control::ok_reply({{"text", "noted"}}));
            }
        };
    }
};

const std::vector<std::string> leave_a_mark{"sh", "-c", "echo ran \"$@\"; exit 3", "sh", "a b", "--wait", "-1"};

Outcome guard(Bench& bench, std::vector<std::string> options) {
    std::vector<std::string> words{"guard", "failover", "1", "-1", "0"};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), leave_a_mark.begin(), leave_a_mark.end());
    return bench.belay(words);
}

} // namespace

BOOST_AUTO_TEST_CASE(told_to_run_it_runs_the_command_as_given_and_tells_its_end) {
    Bench bench;
    Daemon daemon;
    bench.start_daemon(daemon.handler());
    const Outcome outcome = guard(bench, {});
    BOOST_TEST(outcome.exit_code == 3);
    BOOST_TEST(outcome.out == "ran a b --wait -1\n"); // the words behind -- are nobody's options
    BOOST_REQUIRE(daemon.asked.has_value());
    BOOST_TEST((daemon.asked->kind == Guard::Kind::failover));
    BOOST_TEST(daemon.asked->id == 1U);
    BOOST_TEST(!daemon.asked->new_main.has_value()); // -1
    BOOST_TEST(daemon.asked->old_primary.value() == 0U);
    BOOST_REQUIRE(daemon.told.has_value());
    BOOST_TEST(daemon.told->ticket == "failover/1");
    BOOST_TEST(daemon.told->exit_code == 3);
}

BOOST_AUTO_TEST_CASE(skipped_and_refused_run_nothing_and_say_why) {
    for (const char* const verdict : {"skip", "refused", "something new"}) {
        Bench bench;
        Daemon daemon;
        daemon.verdict = verdict;
        bench.start_daemon(daemon.handler());
        const Outcome outcome = guard(bench, {"--on-no-daemon", "run"});
        BOOST_TEST(outcome.exit_code == 0, verdict);
        BOOST_TEST(outcome.out == "", verdict);
        BOOST_TEST(outcome.err == std::string("belay: guard: ") + verdict + ": because\n");
        BOOST_TEST(!daemon.told.has_value());
    }
}

BOOST_AUTO_TEST_CASE(without_a_daemon_the_policy_decides) {
    Bench bench;
    const Outcome skipped = guard(bench, {});
    BOOST_TEST(skipped.exit_code == 0);
    BOOST_TEST(skipped.out == "");
    BOOST_TEST(skipped.err.contains("not running the command (--on-no-daemon skip)"));
    const Outcome run = guard(bench, {"--on-no-daemon", "run"});
    BOOST_TEST(run.exit_code == 3);
    BOOST_TEST(run.out == "ran a b --wait -1\n");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_does_not_answer_is_none_when_the_deadline_is_over) {
    Bench bench;
    std::vector<control::ReplyFunction> kept;
    bench.start_daemon([&kept](const control::Request& /*request*/, control::ReplyFunction reply) {
        kept.push_back(std::move(reply)); // and never called
    });
    const Outcome outcome = guard(bench, {"--deadline", "100ms"});
    BOOST_TEST(outcome.exit_code == 0);
    BOOST_TEST(outcome.out == "");
    BOOST_TEST(outcome.err.contains("not running the command"));
    BOOST_TEST(kept.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_command_learns_the_primary_and_a_signal_counts_as_a_shell_counts_it) {
    Bench bench;
    Daemon daemon;
    daemon.primary = 2;
    bench.start_daemon(daemon.handler());
    const Outcome outcome =
        bench.belay({"guard", "failback", "1", "--", "sh", "-c", "echo $BELAY_PRIMARY; kill -TERM $$"});
    BOOST_TEST(outcome.out == "2\n");
    BOOST_TEST(outcome.exit_code == 128 + 15);
    BOOST_TEST(daemon.told.value().exit_code == 128 + 15);
    BOOST_TEST(bench.belay({"guard", "failback", "1", "--", "/nonexistent/program"}).exit_code == 127);
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_run_nothing) {
    Bench bench;
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{"guard", "failover", "1"}, "the command to guard is missing"},
        {{"guard", "promote", "1", "--", "true"}, "'promote' is none of failover, failback, follow_primary"},
        {{"guard", "failover", "-1", "--", "true"}, "the first one, %d, must be the number of a database node"},
        {{"guard", "failover", "128", "--", "true"}, "'128' is not the number of a database node"},
        {{"guard", "failover", "1", "2", "3", "4", "--", "true"}, "see: belay guard --help"},
        {{"guard", "failover", "1", "--on-no-daemon", "maybe", "--", "true"}, "'maybe' is neither skip nor run"},
        {{"status", "--", "true"}, "'status' runs no command"},
    };
    for (const auto& [arguments, text] : cases) {
        const Outcome outcome = bench.belay(arguments);
        BOOST_TEST(outcome.exit_code == 2, text);
        BOOST_TEST(outcome.err.contains(text), outcome.err);
    }
}

BOOST_AUTO_TEST_SUITE_END()
