#pragma once
// A VIP's announcements as frames, and claims of others as values: where vip/ (when), wire/ (what) and the packet
// socket (how) meet. Probes (RFC 5227, section 2.1) will stand beside them.

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/packet/raw_socket.hpp"

#include <optional>

namespace belay::packet {

/// Sends one announcement of `vip` at `mac` on an interface: for IPv4 the ARP request form and then the reply form, for
/// IPv6 one unsolicited neighbour advertisement. The error names the VIP; tell vip::Announcer::failed() of it. Both
/// forms are tried even when the first one fails.
[[nodiscard]] Status announce(RawSocket& socket, int ifindex, const IpAddress& vip, const MacAddress& mac);

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

} // namespace belay::packet
