#pragma once
// Who may ask what (DESIGN section 6, "Control socket"): reading for root, the daemon's own user and members of group
// `belay`; changing for root, the daemon's own user and user `belay`. The kernel vouches for the peer's credentials
// (unix(7): SO_PEERCRED, SO_PEERGROUPS), as they were when it connected.

#include "belay/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace belay::control {

/// Each one includes those before it.
enum class Rights : std::uint8_t { none, read, change };

/// The host's side of the rule, looked up once.
struct AccessRules {
    uid_t daemon = 0;           ///< the user that the daemon runs as
    std::optional<uid_t> user;  ///< user `belay`, where the host has it
    std::optional<gid_t> group; ///< group `belay`, where the host has it
};

/// The other end of a local connection.
struct Peer {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups; ///< the supplementary ones

    [[nodiscard]] bool is_in(gid_t group) const noexcept;
};

/// Looks up this process and the user and group `belay`. Reads the user database: call it at start, not in a loop.
[[nodiscard]] AccessRules host_access_rules();

/// Asks the kernel who is at the other end of a connected local socket.
[[nodiscard]] Result<Peer> peer_of(int socket_fd);

[[nodiscard]] Rights rights_of(const Peer& peer, const AccessRules& rules) noexcept;

} // namespace belay::control
