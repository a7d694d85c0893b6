#include "belay/vip/conflicts.hpp"

#include <algorithm>

namespace belay::vip {

namespace {

/// One that took a VIP stays known until it is found gone by asking.
bool is_past(const Conflict& conflict, Instant now) {
    return conflict.kind == Conflict::Kind::claimed && now - conflict.heard_at >= Conflicts::silence_max;
}

} // namespace

bool Conflicts::heard(Instant now, const IpAddress& vip, Conflict::Kind kind, const MacAddress& mac, int ifindex) {
    Hosts& hosts = conflicts_[vip];
    std::erase_if(hosts, [now](const Conflict& one) { return is_past(one, now); });
    const auto known = std::ranges::find_if(
        hosts, [&](const Conflict& one) { return one.kind == kind && one.mac == mac && one.ifindex == ifindex; });
    if (known != hosts.end()) {
        known->heard_at = now;
        std::rotate(known, known + 1, hosts.end());
        return false;
    }
    if (hosts.size() == macs_max) {
        return false;
    }
    hosts.push_back({.kind = kind, .mac = mac, .ifindex = ifindex, .began_at = now, .heard_at = now});
    return true;
}

std::optional<Conflict> Conflicts::find(Instant now, const IpAddress& vip) const {
    const auto hosts = conflicts_.find(vip);
    if (hosts == conflicts_.end() || is_past(hosts->second.back(), now)) {
        return std::nullopt;
    }
    return hosts->second.back();
}

} // namespace belay::vip
