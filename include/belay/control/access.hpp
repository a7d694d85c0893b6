#pragma once
// Who may ask what (DESIGN section 6, "Control socket"): root, the daemon's own user and user `belay` may everything;
// members of group `belay` may read. Besides reading, the user of pgpool-II may ask as its hooks do, and the user of
// the operator's hooks may confirm. The kernel vouches for the peer's credentials (unix(7): SO_PEERCRED,
// SO_PEERGROUPS), as they were when it connected.

#include "belay/base/result.hpp"
#include "belay/control/request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace belay::control {

/// Which requests somebody may ask.
class Rights {
public:
    Rights() = default; ///< none

    [[nodiscard]] static Rights all() noexcept;
    [[nodiscard]] Rights with(Right right) const noexcept;
    [[nodiscard]] bool has(Right right) const noexcept;

    [[nodiscard]] bool none() const noexcept { return bits_ == 0; }

    bool operator==(const Rights&) const = default;

private:
    std::uint8_t bits_ = 0;
};

/// The host's side of the rule, looked up once.
struct AccessRules {
    uid_t daemon = 0;                ///< the user that the daemon runs as
    std::optional<uid_t> user;       ///< user `belay`, where the host has it
    std::optional<gid_t> group;      ///< group `belay`, where the host has it
    std::optional<uid_t> guard = {}; ///< the user that pgpool-II runs as
    std::optional<uid_t> hooks = {}; ///< the user that the operator's hooks run as
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

/// The id of a user of this host; none when there is no such user. At start, as well.
[[nodiscard]] std::optional<uid_t> look_up_user(const std::string& name);

/// Asks the kernel who is at the other end of a connected local socket.
[[nodiscard]] Result<Peer> peer_of(int socket_fd);

[[nodiscard]] Rights rights_of(const Peer& peer, const AccessRules& rules) noexcept;

} // namespace belay::control
