#pragma once
// ARP for IPv4 over Ethernet (RFC 826) as whole frames. An announcement (RFC 5227, section 1.1) tells everybody on the
// link which MAC address answers for a VIP now. It comes in two forms, because receivers differ in which one they
// believe; Linux takes either of them, but only with exactly the fields below (DESIGN section 5).

#include "belay/base/bytes.hpp"
#include "belay/base/inet.hpp"

#include <cstdint>
#include <optional>

namespace belay::wire {

/// EtherType of ARP.
inline constexpr std::uint16_t ethertype_arp = 0x0806;

/// The two operations of RFC 826; a decoder leaves out every other one.
enum class ArpOperation : std::uint16_t { request = 1, reply = 2 };

/// What an ARP frame says. Both addresses are IPv4.
struct ArpMessage {
    ArpOperation operation = ArpOperation::request;
    MacAddress ethernet_source; ///< who sent the frame; forged or proxied when it is not `sender_mac`
    MacAddress sender_mac;
    IpAddress sender_ip; ///< 0.0.0.0 in a probe: the sender claims nothing
    MacAddress target_mac;
    IpAddress target_ip;

    bool operator==(const ArpMessage&) const = default;

    /// Whether it asks who has `target_ip` without claiming an address (RFC 5227, section 2.1.1).
    [[nodiscard]] bool is_probe() const noexcept;
    /// Whether it tells everybody that `sender_ip` is at `sender_mac`, in either form.
    [[nodiscard]] bool is_announcement() const noexcept;
};

/// A broadcast frame that announces `vip` at `mac`. As a request the target MAC is zero; as a reply it repeats `mac`,
/// without which Linux does not take it for gratuitous. `vip` must be IPv4.
[[nodiscard]] Bytes encode_arp_announcement(ArpOperation form, const IpAddress& vip, const MacAddress& mac);

/// A broadcast frame that asks whether anybody has `vip` without claiming anything: sender 0.0.0.0, so that no cache on
/// the link changes, and no target MAC (RFC 5227, section 2.1.1). `mac` is that of the interface it leaves by. `vip`
/// must be IPv4.
[[nodiscard]] Bytes encode_arp_probe(const IpAddress& vip, const MacAddress& mac);

/// Reads a frame from the network; nothing when it is not a whole ARP request or reply for IPv4 over Ethernet. Padding
/// after the message is allowed. Any bytes are safe.
[[nodiscard]] std::optional<ArpMessage> decode_arp(ByteView frame);

} // namespace belay::wire
