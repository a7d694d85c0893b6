// `belay guard failover|failback|follow_primary %d %m %P -- COMMAND…`: what pgpool.conf calls in place of COMMAND. Each
// pgpool-II of the cluster calls it for the same event; the daemons see to it that COMMAND runs on one node only. It is
// a child of pgpool-II's main process, which does nothing else meanwhile: so it returns within its deadline, always.

#include "ask.hpp"
#include "commands.hpp"
#include "duration_option.hpp"
#include "run_command.hpp"

#include "belay/cli/json_view.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace belay::cli {

namespace {

using control::request::Guard;
using control::request::GuardDone;
using Kind = Guard::Kind;

constexpr std::array kinds{Kind::failover, Kind::failback, Kind::follow_primary};
constexpr Duration answer_margin = std::chrono::milliseconds(200); // for the daemon's last word before our deadline
constexpr Duration done_patience = std::chrono::seconds(1);

/// Nothing for what pgpool-II writes where there is no node.
std::optional<std::uint32_t> node_of(const std::string& option, const std::string& text) {
    if (text.empty() || text == "none") {
        return std::nullopt;
    }
    std::uint32_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc{} || rest != end || number > control::request::database_id_max) {
        throw CLI::ValidationError(option, fmt::format("'{}' is not the number of a database node", clean(text)));
    }
    return number;
}

void declare_guard(CLI::App& app, Arguments& arguments) {
    app.add_option_function<std::string>(
           "KIND",
           [&arguments](const std::string& word) {
               if (std::ranges::find(kinds, word, [](Kind kind) { return control::request::word_of(kind); }) ==
                   kinds.end()) {
                   throw CLI::ValidationError(
                       "KIND", fmt::format("'{}' is none of failover, failback, follow_primary", clean(word)));
               }
               arguments.guard_kind = word;
           },
           "failover, failback or follow_primary")
        ->required()
        ->type_name("");
    app.add_option("IDS", arguments.guard_ids, "%d %m %P of pgpool-II, in this order")
        ->required()
        ->expected(1, 3)
        ->type_name("");
    app.add_option_function<std::string>(
           "--deadline",
           [&arguments](const std::string& text) {
               arguments.guard_deadline =
                   duration_option("--deadline", text, std::chrono::milliseconds(1), Guard::deadline_max);
           },
           "For the answer of the daemon (default 10s)")
        ->type_name("DURATION");
    app.add_option_function<std::string>(
           "--on-no-daemon",
           [&arguments](const std::string& word) {
               if (word != "skip" && word != "run") {
                   throw CLI::ValidationError("--on-no-daemon",
                                              fmt::format("'{}' is neither skip nor run", clean(word)));
               }
               arguments.guard_runs_without_daemon = word == "run";
           },
           "What COMMAND does without a daemon (default skip)")
        ->type_name("skip|run");
    app.footer("What follows -- is the command to guard, and its arguments.");
    app.callback([&arguments] {
        if (arguments.command.empty()) {
            throw CLI::ValidationError("COMMAND", "the command to guard is missing; write it behind --");
        }
        for (const std::string& text : arguments.guard_ids) {
            static_cast<void>(node_of("IDS", text));
        }
        if (!node_of("IDS", arguments.guard_ids.front())) {
            throw CLI::ValidationError("IDS", "the first one, %d, must be the number of a database node");
        }
    });
}

Guard request_of(const Arguments& arguments) {
    const auto id_at = [&arguments](std::size_t index) {
        return index < arguments.guard_ids.size() ? node_of("IDS", arguments.guard_ids[index]) : std::nullopt;
    };
    const Duration margin = std::min(answer_margin, arguments.guard_deadline / 2);
    return {.kind = *std::ranges::find(kinds, arguments.guard_kind,
                                       [](Kind kind) { return control::request::word_of(kind); }),
            .id = id_at(0).value_or(0),
            .new_main = id_at(1),
            .old_primary = id_at(2),
            .deadline = std::max<Duration>(arguments.guard_deadline - margin, std::chrono::milliseconds(1))};
}

/// What the command says is pgpool-II's to know; how it ended is the cluster's as well.
ExitCode run_guarded(const Arguments& arguments, Output& output, const std::string& ticket,
                     const std::string& primary = {}) {
    Environment added;
    if (!primary.empty()) {
        added.emplace_back("BELAY_PRIMARY", primary);
    }
    const auto ended = run_command(arguments.command, added);
    if (!ended) {
        complain(output, ended.error().text);
    }
    const int code = ended.value_or(126);
    if (!ticket.empty()) {
        const auto told =
            control::call(arguments.socket_path(), GuardDone{.ticket = ticket, .exit_code = code}, done_patience);
        if (!told || !told->ok) {
            complain(output, fmt::format("the command ended with exit code {}, which the daemon was not told: {}", code,
                                         told ? told->error : told.error().text));
        }
    }
    return static_cast<ExitCode>(code);
}

ExitCode without_daemon(const Arguments& arguments, Output& output, const std::string& why) {
    complain(output,
             fmt::format("guard: {}; {}", clean(why),
                         arguments.guard_runs_without_daemon ? "running the command (--on-no-daemon run)"
                                                             : "not running the command (--on-no-daemon skip)"));
    return arguments.guard_runs_without_daemon ? run_guarded(arguments, output, {}) : ExitCode::done;
}

ExitCode run_guard(const Arguments& arguments, Output& output) {
    const auto reply = control::call(arguments.socket_path(), request_of(arguments), arguments.guard_deadline);
    if (!reply) {
        return without_daemon(arguments, output, reply.error().text);
    }
    if (!reply->ok) {
        return without_daemon(arguments, output, reply->error);
    }
    const std::string verdict = text_of(reply->result, "verdict");
    if (verdict == "run") {
        const auto primary = reply->result.find("primary");
        const bool known = primary != reply->result.end() && primary->is_number_unsigned();
        return run_guarded(arguments, output, text_of(reply->result, "ticket"),
                           known ? std::to_string(primary->get<std::uint32_t>()) : std::string());
    }
    complain(output,
             fmt::format("guard: {}: {}", verdict.empty() ? "no verdict" : verdict, text_of(reply->result, "text")));
    return ExitCode::done;
}

} // namespace

constinit const Command guard_command{.name = "guard",
                                      .help = "In pgpool.conf: a failover command runs on one node",
                                      .declare = declare_guard,
                                      .run = run_guard,
                                      .runs_a_command = true};

} // namespace belay::cli
