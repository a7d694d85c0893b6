// The part of the keeper that deals with other hosts: asks for the VIPs before they are put up, and hears who else uses
// them (DESIGN section 5, "Probe before claim", "Defend").

#include "belay/base/clock.hpp"
#include "belay/daemon/probe_runner.hpp"
#include "belay/daemon/vip_keeper.hpp"
#include "belay/packet/announce.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::daemon {

void VipKeeper::ask_first() {
    std::vector<IpAddress> addresses;
    addresses.reserve(vips_.size());
    for (const vip::Vip& vip : vips_) {
        addresses.push_back(vip.prefix.address);
    }
    probes_->start(addresses);
}

Status VipKeeper::ask(const IpAddress& address) {
    const vip::Vip* const vip = find_vip(address);
    const vip::Link* const link = vip == nullptr ? nullptr : monitor_.find_link(vip->interface);
    return link == nullptr ? Status(fail("its interface is gone"))
                           : packet::probe(sockets_.arp, link->index, address, link->mac);
}

void VipKeeper::found_free(const std::vector<IpAddress>& addresses) {
    for (const IpAddress& address : addresses) {
        conflicts_.freed(*find_vip(address));
    }
    reconcile();
}

/// All ARP of the link comes by here: what is not about a VIP costs a look-up and no more.
void VipKeeper::hear(packet::RawSocket& socket) {
    const auto frames = socket.receive();
    if (!frames || !holding_) {
        return;
    }
    for (const packet::Frame& frame : *frames) {
        const auto claim = packet::claim_in(frame);
        const auto heard = claim ? claim : packet::arp_probe_in(frame);
        if (!heard) {
            continue;
        }
        const vip::Vip* const vip = find_vip(heard->address);
        const vip::Link* const link = vip == nullptr ? nullptr : monitor_.find_link(heard->ifindex);
        if (link == nullptr || link->name != vip->interface) {
            continue; // another network may use the same addresses
        }
        const vip::Host host = monitor_.host();
        if (std::ranges::find(host.links, heard->mac, &vip::Link::mac) == host.links.end()) {
            foreign_host_heard(*vip, *heard, !claim);
        }
    }
    announce_due();
}

/// Before the VIP is up it is left to whoever has it. Afterwards it is ours by the consent of the cluster, and
/// everybody is told again whose it is; a question alone is answered by the kernel then.
void VipKeeper::foreign_host_heard(const vip::Vip& vip, const packet::Claim& claim, bool only_asks) {
    using Kind = vip::Conflict::Kind;
    if (!claims_.defends && probes_->answered(claim.address)) {
        conflicts_.heard(vip, Kind::taken, claim, vip.interface);
    } else if (!only_asks) {
        probes_->forget(claim.address);
        conflicts_.heard(vip, Kind::claimed, claim, vip.interface);
        announcer_.announce_again(boot_now(), vip::Reason::foreign_announcement, claim.address);
    }
}

} // namespace belay::daemon
