#pragma once
// ARP requests (RFC 826) that ask for somebody else: for the gateway that breaks a tie, and for VIPs of which nobody
// must know that this host asks (DESIGN section 3.7). The answers are read by decode_arp().

#include "belay/base/bytes.hpp"
#include "belay/base/inet.hpp"

namespace belay::wire {

/// A broadcast frame that asks who has `target`. With a `sender` of 0.0.0.0 it is a probe (RFC 5227, section 2.1.1),
/// which no host takes for a claim. Both addresses must be IPv4.
[[nodiscard]] Bytes encode_arp_question(const IpAddress& target, const IpAddress& sender, const MacAddress& mac);

} // namespace belay::wire
