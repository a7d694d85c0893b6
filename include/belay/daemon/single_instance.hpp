#pragma once
// One daemon per network namespace (DESIGN section 3.5): two would fight over the same addresses. The lock is an
// abstract UNIX socket: the kernel keeps those by network namespace, and frees them when the process is gone, however
// it went. Any local user may take the name, which keeps belayd from starting but harms no running one.

#include "belay/base/result.hpp"
#include "belay/base/unique_fd.hpp"

#include <string_view>

namespace belay::daemon {

/// Held as long as it lives.
class InstanceLock {
public:
    /// Takes the lock `name` of the network namespace of the calling thread. The error says who holds it, as far as
    /// the kernel tells: code EADDRINUSE then.
    [[nodiscard]] static Result<InstanceLock> take(std::string_view name = "belay/daemon");

private:
    explicit InstanceLock(UniqueFd socket) noexcept
        : socket_(std::move(socket)) {}

    UniqueFd socket_;
};

} // namespace belay::daemon
