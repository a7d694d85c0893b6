#pragma once
// Neighbour discovery as whole Ethernet frames: advertisements (RFC 4861, section 4.4), and the solicitation that asks
// whether anybody has an address (RFC 4862, section 5.4.2). An unsolicited one with the override flag
// is to IPv6 what an ARP announcement is to IPv4 (section 7.2.6): neighbours that know the VIP replace its MAC address.

#include "belay/base/bytes.hpp"
#include "belay/base/inet.hpp"

#include <cstdint>
#include <optional>

namespace belay::wire {

/// EtherType of IPv6.
inline constexpr std::uint16_t ethertype_ipv6 = 0x86dd;

/// What a neighbour advertisement says.
struct NeighbourAdvertisement {
    MacAddress ethernet_source;
    IpAddress source;
    IpAddress target; ///< whose link address is told
    bool router = false;
    bool solicited = false;
    bool override = false;                ///< replaces what the receiver knows
    std::optional<MacAddress> target_mac; ///< the target link-layer option; an answer to a unicast question may lack it

    bool operator==(const NeighbourAdvertisement&) const = default;
};

/// An unsolicited advertisement of `vip` at `mac` to all nodes of the link (33:33:00:00:00:01, ff02::1), from the VIP
/// itself: hop limit 255, override set, solicited and router clear. `vip` must be IPv6.
[[nodiscard]] Bytes encode_unsolicited_advertisement(const IpAddress& vip, const MacAddress& mac);

/// A solicitation for `vip` from nobody (source ::) to its solicited-node multicast group, as for duplicate address
/// detection: whoever has the address must answer to all nodes, and no cache changes. It has no source link-layer
/// option, which RFC 4861, section 4.3 forbids there. `mac` is that of the interface it leaves by. `vip` must be IPv6.
[[nodiscard]] Bytes encode_probe_solicitation(const IpAddress& vip, const MacAddress& mac);

/// Reads a frame from the network; nothing when it is not a valid advertisement by RFC 4861, section 7.1.2 (hop limit
/// 255, checksum, code, length, no multicast target, no empty option). Extension headers are not looked behind.
/// Any bytes are safe.
[[nodiscard]] std::optional<NeighbourAdvertisement> decode_advertisement(ByteView frame);

} // namespace belay::wire
