// `belay run-on TRANSITION -- COMMAND…`: follows the role of this node and runs COMMAND at each change to TRANSITION.
// It is what a unit of its own runs (belay-hooks.service), so that the daemon need not start processes, and it says how
// COMMAND ended where the daemon waits for that (`[hooks] confirm`).

#include "ask.hpp"
#include "commands.hpp"
#include "run_command.hpp"

#include "belay/base/clock.hpp"
#include "belay/cli/json_view.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

namespace belay::cli {

namespace {

using control::request::Confirm;
using control::request::Follow;
using nlohmann::json;

constexpr std::array<std::string_view, 4> transitions{"active", "standby", "down", "any"};
constexpr Duration wait = std::chrono::seconds(2);          // the daemon answers after this long at the latest; ...
constexpr Duration answer_margin = std::chrono::seconds(1); // ... one that does not even then hangs
constexpr Duration retry_pause = std::chrono::milliseconds(500);
constexpr Duration confirm_patience = std::chrono::seconds(1);

/// What would end this program waits until the end of the scope: a command that runs is followed to its end, and its
/// end is told.
class SignalsDeferred {
public:
    SignalsDeferred() {
        sigset_t ending{};
        ::sigemptyset(&ending);
        for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
            ::sigaddset(&ending, number);
        }
        ::sigprocmask(SIG_BLOCK, &ending, &before_); // NOLINT(concurrency-mt-unsafe): this program has one thread
    }

    ~SignalsDeferred() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); } // NOLINT(concurrency-mt-unsafe): the same

    SignalsDeferred(const SignalsDeferred&) = delete;
    SignalsDeferred& operator=(const SignalsDeferred&) = delete;
    SignalsDeferred(SignalsDeferred&&) = delete;
    SignalsDeferred& operator=(SignalsDeferred&&) = delete;

    [[nodiscard]] const sigset_t& before() const noexcept { return before_; }

private:
    sigset_t before_{};
};

struct Change {
    std::optional<std::uint64_t> number; ///< none: the daemon is not there to count it
    std::string to;
    std::string term;
    std::string time;
    std::string why;
    std::string reason;
    bool awaited = false;
};

Change change_of(const json& told) {
    const auto number = number_of(told, "number");
    return {.number = number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt,
            .to = text_of(told, "to"),
            .term = number_text_of(told, "term"),
            .time = text_of(told, "time"),
            .why = text_of(told, "why"),
            .reason = text_of(told, "reason"),
            .awaited = flag_of(told, "awaited")};
}

/// What is known of the daemon, and what is done about its changes.
class Follower {
public:
    Follower(const Arguments& arguments, Output& output)
        : arguments_(arguments)
        , output_(output) {}

    /// Until a signal ends it, or the daemon refuses to answer.
    ExitCode follow() {
        for (;;) {
            const auto reply =
                control::call(arguments_.socket_path(), Follow{.after = number_, .wait = wait}, wait + answer_margin);
            if (reply && reply->ok) {
                take(reply->result);
                continue;
            }
            const bool gone = !reply && (reply.error().failure == control::CallFailure::not_reachable ||
                                         reply.error().failure == control::CallFailure::timeout);
            if (!gone) {
                complain(output_, fmt::format("run-on: {}", clean(reply ? reply->error : reply.error().text)));
                return ExitCode::failed;
            }
            lose_daemon(reply.error().text);
            std::this_thread::sleep_for(retry_pause);
        }
    }

private:
    /// One change at a time: while its command runs, newer ones may come.
    void take(const json& result) {
        const std::string run = text_of(result, "run");
        if (!run_.empty() && run != run_) {
            lose_daemon("the daemon was started anew");
        }
        run_ = run;
        about_ = result;
        const json& changes = list_of(result, "changes");
        if (changes.empty()) {
            return;
        }
        const Change change = change_of(changes.front());
        if (!change.number) {
            return;
        }
        number_ = change.number;
        // A change to active claims something: others may hold the VIPs by now. The rest is true for ever.
        if (change.to == "active" && changes.size() > 1) {
            complain(output_, fmt::format("run-on: active (number {}): over already, so the command is not run",
                                          *change.number));
            role_ = change.to;
            return;
        }
        carry_out(change);
    }

    /// Told once, until the daemon is heard again.
    void lose_daemon(const std::string& problem) {
        if (role_ == "down") {
            return;
        }
        complain(output_, fmt::format("run-on: {}", clean(problem)));
        carry_out({.number = std::nullopt,
                   .to = "down",
                   .term = {},
                   .time = {},
                   .why = "no_daemon",
                   .reason = clean(problem),
                   .awaited = false});
    }

    void carry_out(const Change& change) {
        const std::string from = std::exchange(role_, change.to);
        if (arguments_.run_on_transition != "any" && arguments_.run_on_transition != change.to) {
            return;
        }
        const SignalsDeferred deferred;
        const Instant began = boot_now();
        const auto ended = run_command(arguments_.command, environment(change, from), &deferred.before());
        complain(output_, fmt::format("run-on: {}: {}", change.to,
                                      ended ? fmt::format("the command ended with exit code {} after {} ms", *ended,
                                                          to_ms(boot_now() - began))
                                            : ended.error().text));
        if (change.awaited) {
            confirm({.number = change.number.value_or(0), .ok = ended == 0});
        }
    }

    void confirm(const Confirm& word) {
        const auto told = control::call(arguments_.socket_path(), word, confirm_patience);
        if (!told || !told->ok) {
            complain(output_, fmt::format("run-on: the daemon was not told that the command ended: {}",
                                          clean(told ? told->error : told.error().text)));
        }
    }

    [[nodiscard]] Environment environment(const Change& change, const std::string& from) const {
        std::string vips;
        for (const json& vip : list_of(about_, "vips")) {
            vips += vip.is_string() ? (vips.empty() ? "" : " ") + vip.get<std::string>() : "";
        }
        return {{"BELAY_NODE", text_of(about_, "node")},
                {"BELAY_CLUSTER", text_of(about_, "cluster")},
                {"BELAY_VIPS", vips},
                {"BELAY_FROM", from},
                {"BELAY_TO", change.to},
                {"BELAY_TERM", change.term},
                {"BELAY_NUMBER", change.number ? std::to_string(*change.number) : ""},
                {"BELAY_TIME", change.time},
                {"BELAY_WHY", change.why},
                {"BELAY_REASON", change.reason}};
    }

    const Arguments& arguments_;
    Output& output_;
    std::optional<std::uint64_t> number_; ///< of the last change taken
    std::string run_;                     ///< of the daemon
    std::string role_ = "unknown";
    json about_ = json::object(); ///< the last answer: node, cluster, vips
};

void declare_run_on(CLI::App& app, Arguments& arguments) {
    app.add_option_function<std::string>(
           "TRANSITION",
           [&arguments](const std::string& word) {
               if (std::ranges::find(transitions, word) == transitions.end()) {
                   throw CLI::ValidationError("TRANSITION",
                                              fmt::format("'{}' is none of active, standby, down, any", clean(word)));
               }
               arguments.run_on_transition = word;
           },
           "active, standby, down or any")
        ->required()
        ->type_name("");
    app.footer("What follows -- is the command to run, and its arguments.");
    app.callback([&arguments] {
        if (arguments.command.empty()) {
            throw CLI::ValidationError("COMMAND", "the command to run is missing; write it behind --");
        }
    });
}

ExitCode run_run_on(const Arguments& arguments, Output& output) {
    return Follower(arguments, output).follow();
}

} // namespace

constinit const Command run_on_command{.name = "run-on",
                                       .help = "Run a command whenever the role of this node changes",
                                       .declare = declare_run_on,
                                       .run = run_run_on,
                                       .runs_a_command = true};

} // namespace belay::cli
