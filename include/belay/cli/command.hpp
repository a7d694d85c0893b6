#pragma once
// What a command of `belay` is, and the table of all of them. One file per command in src/cli defines its row.

#include "belay/base/time.hpp"
#include "belay/cli/text.hpp"

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI { // NOLINT(readability-identifier-naming): the library is called so
class App;
}

namespace belay::cli {

/// Exit codes of `belay`, a contract that scripts rely on (belay(1), EXIT STATUS).
enum class ExitCode : std::uint8_t {
    done = 0,
    failed = 1, ///< refused, or tried and failed
    usage = 2,
    not_reachable = 3, ///< no daemon, or one that does not answer
};

/// What the command line said, with the defaults for what it left out.
struct Arguments {
    std::string socket;      ///< --socket; empty: from runtime_dir
    std::string runtime_dir; ///< --runtime-dir; empty: /run/belay
    bool json = false;

    std::uint32_t events_count = 20;
    std::optional<std::string> switchover_to;
    std::optional<Duration> switchover_wait;
    std::string takeover_fenced;
    bool maintenance_on = false;
    std::optional<Duration> maintenance_length;
    std::string config_file = "/etc/belay/belay.ini";
    std::string key_file = "/etc/belay/cluster.key";
    std::string db_act; ///< detach and so on; empty: list
    std::optional<std::uint32_t> db_id;
    std::optional<Duration> db_wait;
    std::string guard_kind;             ///< failover, failback, follow_primary
    std::vector<std::string> guard_ids; ///< as pgpool-II gives them: %d, %m, %P
    Duration guard_deadline = std::chrono::seconds(10);
    bool guard_runs_without_daemon = false;
    std::string run_on_transition;    ///< active, standby, down, any
    std::vector<std::string> command; ///< what is to be run, and its arguments; nothing of it is interpreted
    std::string import_file;
    std::vector<std::string> import_addresses; ///< NAME=IP[,IP...]
    std::string import_vip;                    ///< empty: as the file says; the same for the rest
    std::string import_interface;
    std::string import_node_id; ///< a file
    std::string import_pid_file;
    std::string import_output; ///< empty: standard output
    std::string import_diff;   ///< empty: as comments of the output

    [[nodiscard]] std::string socket_path() const;
};

/// Where a command writes: what was asked for to `out`, what went wrong to `err`.
struct Output {
    std::ostream& out;
    std::ostream& err;
    Style style; ///< of `out`
};

struct Command {
    std::string_view name;
    std::string_view help; ///< one line, for --help
    /// Declares its own options and arguments; nullptr when it has none. `arguments` outlives `app`.
    void (*declare)(CLI::App& app, Arguments& arguments);
    ExitCode (*run)(const Arguments& arguments, Output& output);
    bool runs_a_command = false; ///< takes one after `--`
};

/// All commands, in the order of --help.
[[nodiscard]] std::span<const Command* const> commands() noexcept;

/// The command of that name, or nullptr.
[[nodiscard]] const Command* find_command(std::string_view name) noexcept;

} // namespace belay::cli
