#pragma once
// The segment of the VIPs as one interface of this host shows it: what is needed to ask there for the gateway and for
// the VIPs (DESIGN section 3.7). Read anew for each question, because an operator may change it at any time.

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"

#include <string>

namespace belay::daemon {

struct Segment {
    int ifindex = 0;
    MacAddress mac;
    IpAddress own;           ///< this host's first IPv4 address there; 0.0.0.0: none
    std::uint8_t length = 0; ///< of its network
};

/// Asks the kernel (netdevice(7)). Errors: there is no such interface, or it has no Ethernet address. Any thread.
[[nodiscard]] Result<Segment> look_at_segment(const std::string& interface);

/// Whether any interface of this host has that address. When the kernel does not tell, none has. Any thread.
[[nodiscard]] bool is_ours(const MacAddress& mac);

/// Whether both IPv4 addresses are in one network of `length` bits.
[[nodiscard]] bool same_network(const IpAddress& left, const IpAddress& right, std::uint8_t length) noexcept;

} // namespace belay::daemon
