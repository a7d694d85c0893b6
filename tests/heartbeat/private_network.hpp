#pragma once
// A network namespace for this process alone, with a loopback that is up.

#include "belay/base/result.hpp"

#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace belay::test {

/// One ioctl about an interface.
inline Status change_interface(unsigned long what, ifreq request) {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool done = descriptor >= 0 && ::ioctl(descriptor, what, &request) == 0;
    const int code = errno;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    if (!done) {
        return fail_errno(code, "cannot change interface {}", request.ifr_name);
    }
    return {};
}

inline ifreq interface_request(const char* name) {
    ifreq request{};
    std::strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
    return request;
}

inline Status set_interface_up(const char* name, bool up) {
    ifreq request = interface_request(name);
    request.ifr_flags = up ? IFF_UP : 0;
    return change_interface(SIOCSIFFLAGS, request);
}

/// Gives an alias such as "lo:1" the address 10.77.0.`last`. Setting the alias down removes the address.
inline Status add_alias(const char* alias, std::uint8_t last) {
    ifreq request = interface_request(alias);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(0x0a4d0000U | last);
    std::memcpy(&request.ifr_addr, &address, sizeof(address));
    return change_interface(SIOCSIFADDR, request);
}

inline Status enter_private_network() {
    if (::unshare(CLONE_NEWNET) != 0) {
        return fail_errno(errno, "cannot make a network namespace");
    }
    return set_interface_up("lo", true);
}

} // namespace belay::test
