#pragma once
// Moves the test process into a network namespace of its own, where only `lo` exists, and is up.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace belay::test {

/// For meson: the test was skipped, and said why.
constexpr int exit_skipped = 77;

/// False, with a message, when this process may not.
inline bool enter_own_network() {
    if (::unshare(CLONE_NEWNET) != 0) {
        std::fprintf(stderr, "skipped: cannot make a network namespace: %s (run as root)\n", std::strerror(errno));
        return false;
    }
    ifreq lo{};
    std::strcpy(&lo.ifr_name[0], "lo");
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up = ::ioctl(socket, SIOCGIFFLAGS, &lo) == 0;
    lo.ifr_flags = static_cast<short>(lo.ifr_flags | IFF_UP);
    up = up && ::ioctl(socket, SIOCSIFFLAGS, &lo) == 0;
    if (!up) {
        std::perror("cannot bring lo up");
    }
    ::close(socket);
    return up;
}

} // namespace belay::test
