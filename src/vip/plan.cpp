// Thousands of VIPs and addresses are normal, so everything is looked up in sorted maps, never by scanning lists.
#include "belay/vip/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

namespace belay::vip {

namespace {

using Place = std::pair<int, IpPrefix>; ///< an interface index and an address on it

std::string name_of(const Host& host, int ifindex) {
    const Link* const link = host.find_link(ifindex);
    return link == nullptr ? fmt::format("index {}", ifindex) : link->name;
}

AddressSpec spec_of(const Host& host, const Address& address) {
    return {.ifindex = address.ifindex, .interface = name_of(host, address.ifindex), .prefix = address.prefix};
}

/// Where the VIPs of a list belong; those of absent links belong nowhere.
std::set<Place> places_of(std::span<const Vip> vips, const Host& host) {
    std::set<Place> places;
    for (const Vip& vip : vips) {
        if (const Link* const link = host.find_link(vip.interface); link != nullptr) {
            places.emplace(link->index, vip.prefix);
        }
    }
    return places;
}

/// Tells whether belay added an address: the rule at the top of plan.hpp.
class Ownership {
public:
    Ownership(const Host& host, std::span<const Vip> vips, std::span<const Vip> former)
        : by_mark_(host.marks_addresses)
        , places_(places_of(vips, host)) {
        places_.merge(places_of(former, host));
    }

    [[nodiscard]] bool is_ours(const Address& address) const {
        return by_mark_ ? address.mark == own_mark : places_.contains({address.ifindex, address.prefix});
    }

private:
    bool by_mark_;
    std::set<Place> places_;
};

/// The first `length` bits of an address, the rest zero.
IpAddress subnet_of(const IpAddress& address, unsigned length) {
    IpAddress subnet{.family = address.family, .bytes = {}};
    for (std::size_t index = 0; index < address.size() && length > 0; ++index) {
        const unsigned bits = std::min(length, 8U);
        subnet.bytes.at(index) = static_cast<std::uint8_t>(address.bytes.at(index) & (0xff00U >> bits));
        length -= bits;
    }
    return subnet;
}

/// The kernel's notion of one subnet on one interface: equal index, length and network part of the peer address.
Place subnet_place(const Address& address) {
    const unsigned length = address.prefix.length;
    return {address.ifindex, {.address = subnet_of(address.peer, length), .length = address.prefix.length}};
}

/// Adds to `plan` what the removals take along, and to `gone` every place that will be empty then.
void find_taken_along(const Host& host, const Ownership& ownership, const std::vector<const Address*>& removals,
                      Plan& plan, std::set<Place>& gone) {
    std::map<Place, const Address*> removed_primaries;
    for (const Address* const removed : removals) {
        gone.emplace(removed->ifindex, removed->prefix);
        if (removed->prefix.address.is_v4() && !removed->secondary) {
            removed_primaries.emplace(subnet_place(*removed), removed);
        }
    }
    for (const Address& address : host.addresses) {
        const auto primary =
            address.secondary ? removed_primaries.find(subnet_place(address)) : removed_primaries.end();
        if (primary == removed_primaries.end() || !gone.emplace(address.ifindex, address.prefix).second) {
            continue;
        }
        plan.taken_along.push_back({.removed = spec_of(host, *primary->second),
                                    .lost = spec_of(host, address),
                                    .ours = ownership.is_ours(address)});
    }
}

void find_unusable_links(std::span<const Vip> vips, const Host& host, Plan& plan) {
    for (const Vip& vip : vips) {
        const Link* const link = host.find_link(vip.interface);
        if (link == nullptr || !link->up || !link->carrier) {
            const LinkTrouble trouble = link == nullptr ? LinkTrouble::absent
                                        : !link->up     ? LinkTrouble::down
                                                        : LinkTrouble::no_carrier;
            plan.unusable.push_back({.vip = vip.name, .interface = vip.interface, .trouble = trouble});
        }
    }
}

} // namespace

const char* to_text(LinkTrouble trouble) noexcept {
    switch (trouble) {
    case LinkTrouble::absent:
        return "does not exist";
    case LinkTrouble::down:
        return "is down";
    case LinkTrouble::no_carrier:
        return "has no carrier";
    }
    return "is in an unknown state";
}

Plan make_plan(Goal goal, std::span<const Vip> vips, const Host& host, std::span<const Vip> former) {
    Plan plan;
    std::map<IpAddress, const Vip*> by_address;
    for (const Vip& vip : vips) {
        by_address.emplace(vip.prefix.address, &vip);
    }
    const Ownership ownership(host, vips, former);
    const std::set<Place> wanted = goal == Goal::hold ? places_of(vips, host) : std::set<Place>{};
    std::set<Place> present;
    std::set<IpAddress> blocked;
    std::vector<const Address*> removals;
    for (const Address& address : host.addresses) {
        const Place place{address.ifindex, address.prefix};
        const auto vip = by_address.find(address.prefix.address);
        if (ownership.is_ours(address)) {
            present.insert(place);
            if (!wanted.contains(place)) {
                removals.push_back(&address);
                plan.to_remove.push_back(spec_of(host, address));
            }
        } else if (vip != by_address.end()) {
            blocked.insert(address.prefix.address);
            plan.foreign.push_back({.vip = vip->second->name, .found = spec_of(host, address)});
        }
    }
    std::set<Place> gone;
    find_taken_along(host, ownership, removals, plan, gone);
    find_unusable_links(vips, host, plan);
    for (const Vip& vip : vips) {
        const Link* const link = host.find_link(vip.interface);
        const Place place{link == nullptr ? 0 : link->index, vip.prefix};
        const bool is_here = present.contains(place) && !gone.contains(place);
        if (wanted.contains(place) && !is_here && !blocked.contains(vip.prefix.address)) {
            plan.to_add.push_back({.ifindex = place.first, .interface = vip.interface, .prefix = vip.prefix});
        }
    }
    return plan;
}

} // namespace belay::vip
