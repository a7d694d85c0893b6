#pragma once
// The daemon's rights (DESIGN section 5): CAP_NET_RAW opens the packet socket at the start; from then on CAP_NET_ADMIN
// is all that stays, and nothing, not even uid 0, gives more back.

#include "belay/base/result.hpp"

namespace belay::daemon {

/// What could be shut for good, beyond the four sets that keep_only_net_admin() guarantees. Both need CAP_SETPCAP,
/// which root has; the unit gives the service a bounding set and securebits of its own instead.
struct Confinement {
    bool bounding_set_closed = false; ///< CAP_NET_ADMIN alone is left in it
    bool securebits_locked = false;   ///< uid 0 means nothing any more (capabilities(7), SECBIT_NOROOT)
};

/// Whether CAP_NET_ADMIN and CAP_NET_RAW are effective; the error names what is missing, what for, and the remedy.
[[nodiscard]] Status check_needed_capabilities();

/// Leaves exactly CAP_NET_ADMIN in the effective, permitted, inheritable and ambient set, sets no_new_privs, and makes
/// the process not dumpable: no core file holds the keys, and no process of the same user may ptrace it. What is in
/// /proc/PID then belongs to root; status and stat stay readable for all (proc(5)), and belayd itself reads nothing
/// there that it would lose.
///
/// Capabilities belong to a thread: to be called while there is only one, which asserts, so that all later ones inherit
/// the result. Call it after the packet socket was opened. After an error the process must not go on.
[[nodiscard]] Result<Confinement> keep_only_net_admin();

} // namespace belay::daemon
