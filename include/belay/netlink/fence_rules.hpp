#pragma once
// What the fence consists of, and the transactions that build, arm and close it (DESIGN section 4, layer 2). Pure.
//
// Packets to and from a VIP pass while the set `lease` of the table holds an element. Its key is the family of the
// packet, a constant, so that arming costs the same whatever the number of VIPs.
//
//   inet   prerouting   to a VIP that is local here: before DNAT can give it another destination
//          input        to a VIP, also after DNAT; neighbour solicitations for a VIP
//          output       from a VIP; neighbour advertisements for a VIP
//          postrouting  from a VIP that is local here: after SNAT
//   arp    input        asking for a VIP; announcements of its holder pass, so that a standby learns them
//          output       speaking as a VIP
//   netdev egress       what sockets of this host send as a VIP: packet sockets bypass arp output. One chain per device
//
// "Local here" leaves alone what this host forwards or bridges (br_netfilter shows such packets to the inet hooks) for
// a holder elsewhere. No rule looks at interfaces: Linux answers ARP for any local address on any of them.

#include "belay/base/inet.hpp"
#include "belay/netlink/nft_transaction.hpp"

#include <string>
#include <vector>

namespace belay::netlink {

/// The name of all tables of the fence; what is in them is ours, and nothing else is.
inline constexpr const char* fence_table = "belay";

/// What is to be fenced.
struct FencedSet {
    std::vector<IpAddress> vips;             ///< without duplicates
    std::vector<std::string> egress_devices; ///< present interfaces that get an egress chain; none: no netdev table
};

/// Changes nothing, but fails where nf_tables, its inet or its arp family cannot be used.
[[nodiscard]] Batch try_nf_tables();

/// Tables made from nothing, or replaced in the same instant; closed. `egress_begin` is set to the number of the first
/// message that has to do with egress: without devices these take an older netdev table away. Where the kernel knows no
/// such tables, `with_netdev` is false and there are none.
[[nodiscard]] Batch build_fence(const FencedSet& fenced, bool with_netdev, std::size_t& egress_begin);

/// Takes the tables away, whether they are there or not. The kernel may know no netdev tables.
[[nodiscard]] Batch remove_fence(bool with_netdev);

/// The first of the two steps of arming: a ticket that is good for `timeout`.
[[nodiscard]] Batch take_ticket(nft::Timeout timeout);

/// The second: hands the ticket in and opens the fence for `timeout`. All of it fails with ENOENT when the ticket is
/// over.
[[nodiscard]] Batch arm_fence(bool with_netdev, nft::Timeout timeout);

/// Closes at once, and takes a ticket that is out.
[[nodiscard]] Batch close_fence(bool with_netdev);

} // namespace belay::netlink
