#include "belay/daemon/single_instance.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <sys/socket.h>
#include <sys/un.h>

namespace belay::daemon {

namespace {

struct AbstractAddress {
    sockaddr_un value{};
    socklen_t size = 0;

    explicit AbstractAddress(std::string_view name) {
        assert(!name.empty() && name.size() < sizeof(value.sun_path));
        value.sun_family = AF_UNIX;
        std::ranges::copy(name, &value.sun_path[1]); // the first byte stays zero: abstract (unix(7))
        size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    }

    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
};

UniqueFd make_socket() {
    return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// The holder listens but never accepts; that is enough for the kernel to tell who it was when it began to listen.
/// Its queue fills after a few refused starts, and then the answer is nobody.
std::string holder(const AbstractAddress& address) {
    const UniqueFd socket = make_socket();
    ucred credentials{};
    socklen_t size = sizeof(credentials);
    if (::connect(socket.get(), address.get(), address.size) == 0 &&
        ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
        return fmt::format("pid {}, uid {}", credentials.pid, credentials.uid);
    }
    return "see belay status, or ss -xlp";
}

} // namespace

Result<InstanceLock> InstanceLock::take(std::string_view name) {
    const AbstractAddress address(name);
    UniqueFd socket = make_socket();
    if (!socket) {
        return fail_errno(errno, "cannot open a socket for the lock @{}", name);
    }
    if (::bind(socket.get(), address.get(), address.size) != 0) {
        if (errno == EADDRINUSE) {
            return std::unexpected(Error{
                .text =
                    fmt::format("another belayd runs in this network namespace ({}); it holds the lock @{}: stop it "
                                "first, or start this one in a namespace of its own",
                                holder(address), name),
                .code = EADDRINUSE});
        }
        return fail_errno(errno, "cannot take the lock @{}", name);
    }
    if (::listen(socket.get(), 16) != 0) {
        return fail_errno(errno, "cannot listen on the lock @{}", name);
    }
    return InstanceLock(std::move(socket));
}

} // namespace belay::daemon
