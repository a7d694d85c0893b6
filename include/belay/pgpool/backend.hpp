#pragma once
// The database nodes ("backends") as one pgpool-II sees them, and what it can be told about them. Values only.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace belay::pgpool {

/// As pgpool-II numbers them in its answers (pcp_node_info(1)).
enum class BackendStatus : std::uint8_t {
    unused = 0,
    connecting = 1, ///< up, no pool yet
    up = 2,
    down = 3,
};

/// The same for roles. `main` and `replica` are those of modes without streaming replication.
enum class BackendRole : std::uint8_t { main = 0, replica = 1, primary = 2, standby = 3 };

/// The stable words for logs, JSON and the command line: "up" for connecting too.
[[nodiscard]] std::string_view to_text(BackendStatus status) noexcept;
[[nodiscard]] std::string_view to_text(BackendRole role) noexcept;

/// One database node: `backend_hostnameN` and so on of pgpool.conf, and its state in one pgpool-II.
struct Backend {
    std::uint32_t id = 0;  ///< N
    std::string host = {}; ///< or the directory of a UNIX socket
    std::uint16_t port = 0;
    BackendStatus status = BackendStatus::unused;
    BackendRole role = BackendRole::standby;

    [[nodiscard]] bool attached() const noexcept {
        return status == BackendStatus::up || status == BackendStatus::connecting;
    }

    bool operator==(const Backend&) const = default;
};

/// What the local pgpool-II said when it was asked last.
struct View {
    bool reachable = false;
    std::string problem;           ///< why it is not, in words for an operator; no figure that changes by itself
    std::vector<Backend> backends; ///< by id; of the last answer, so empty before the first one

    bool operator==(const View&) const = default;
};

namespace command {

/// pcp_detach_node(1). pgpool-II queues it: that it was taken does not mean that it is done.
struct Detach {
    std::uint32_t id = 0;

    bool operator==(const Detach&) const = default;
};

/// pcp_attach_node(1); queued as well.
struct Attach {
    std::uint32_t id = 0;

    bool operator==(const Attach&) const = default;
};

/// "That database node is the primary now": no failover_command runs, all others are marked down there.
struct Claim {
    std::uint32_t id = 0;

    bool operator==(const Claim&) const = default;
};

/// pcp_promote_node(1) with --switchover: the old primary is detached, failover_command promotes that one.
struct SwitchOver {
    std::uint32_t id = 0;

    bool operator==(const SwitchOver&) const = default;
};

/// pcp_recovery_node(1): ends when the online recovery has, which may take minutes.
struct Recover {
    std::uint32_t id = 0;

    bool operator==(const Recover&) const = default;
};

} // namespace command

/// What one pgpool-II is told.
using Command = std::variant<command::Detach, command::Attach, command::Claim, command::SwitchOver, command::Recover>;

/// "detach 1", for logs and errors.
[[nodiscard]] std::string to_text(const Command& command);

} // namespace belay::pgpool
