#pragma once
// What the kernel says of this host's links and addresses, as values. netlink/ fills them in, the planner reads them.

#include "belay/base/inet.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belay::vip {

/// IFA_PROTO of every address that belay adds: how a later run knows its left-overs from an administrator's addresses
/// (DESIGN section 5). Kernels before 5.18 drop the mark.
inline constexpr std::uint8_t own_mark = 0xbe;

/// A network interface.
struct Link {
    int index = 0;
    std::string name;
    bool up = false;      ///< an administrator wants it up (IFF_UP)
    bool carrier = false; ///< it can carry packets now: up, a carrier below it, and operational
    MacAddress mac;       ///< all zero when it has no Ethernet address

    bool operator==(const Link&) const = default;
};

/// An address of an interface.
struct Address {
    int ifindex = 0;
    IpPrefix prefix;         ///< the local address, and the length of its network part
    IpAddress peer;          ///< the other end of a point-to-point address; equal to the local address otherwise
    std::uint8_t mark = 0;   ///< IFA_PROTO; 0: none, or a kernel that has none
    bool secondary = false;  ///< IPv4: goes away together with the primary address of its subnet
    bool tentative = false;  ///< IPv6: not usable before duplicate address detection is over
    bool deprecated = false; ///< IPv6: not chosen as the source of new connections

    bool operator==(const Address&) const = default;
};

/// Everything at one instant.
struct Host {
    std::vector<Link> links;
    std::vector<Address> addresses;
    bool marks_addresses = true; ///< whether this kernel keeps IFA_PROTO

    /// The link of that name or index, or nullptr. The pointer lives as long as `links` is not changed.
    [[nodiscard]] const Link* find_link(std::string_view name) const noexcept;
    [[nodiscard]] const Link* find_link(int index) const noexcept;
};

} // namespace belay::vip
