#pragma once
// A VIP's probes and announcements as frames, and claims of others as values: where vip/ (when), wire/ (what) and the
// packet socket (how) meet.

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/packet/raw_socket.hpp"

#include <functional>
#include <optional>

namespace belay::packet {

/// Sends one announcement of `vip` at `mac` on an interface: for IPv4 the ARP request form and then the reply form, for
/// IPv6 one unsolicited neighbour advertisement. The error names the VIP; tell vip::Announcer::failed() of it. Both
/// forms are tried even when the first one fails. `may_send` is asked right before each frame, because what a packet
/// socket sends passes the fence of a kernel without egress hooks (DESIGN section 4); a frame that may not be sent is
/// left out, and that is no error.
[[nodiscard]] Status announce(RawSocket& socket, int ifindex, const IpAddress& vip, const MacAddress& mac,
                              const std::function<bool()>& may_send);

/// Asks on an interface, whose address is `mac`, whether anybody has `vip`: one ARP probe (RFC 5227) or one neighbour
/// solicitation for duplicate address detection (RFC 4862). Claims nothing. The error names the VIP.
[[nodiscard]] Status probe(RawSocket& socket, int ifindex, const IpAddress& vip, const MacAddress& mac);

/// Somebody says that an address is his.
struct Claim {
    IpAddress address;
    MacAddress mac; ///< where the address is said to be
    int ifindex = 0;

    bool operator==(const Claim&) const = default;
};

/// The claim in a frame that was heard: the sender of any ARP request or reply that is not a probe, or the target of a
/// neighbour advertisement. Nothing in other frames. Any bytes are safe.
[[nodiscard]] std::optional<Claim> claim_in(const Frame& frame);

/// The ARP probe in a frame that was heard: somebody else asks for an address, because he is about to claim it (RFC
/// 5227, section 2.1.1). Nothing in other frames. Of IPv6 only answers are heard: who asks there is told by them.
[[nodiscard]] std::optional<Claim> arp_probe_in(const Frame& frame);

} // namespace belay::packet
