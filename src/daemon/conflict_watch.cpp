#include "belay/daemon/conflict_watch.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace belay::daemon {

const char* event_of(ConflictEvent::Kind kind) noexcept {
    switch (kind) {
    case ConflictEvent::Kind::taken:
        return "vip_taken";
    case ConflictEvent::Kind::claimed:
        return "vip_claimed";
    case ConflictEvent::Kind::freed:
        return "vip_freed";
    }
    return "vip_conflict";
}

std::string describe(const ConflictEvent& event) {
    std::string address = to_text(event.prefix.address);
    const std::string host = fmt::format("the foreign host {} on {}", to_text(event.mac), event.interface);
    switch (event.kind) {
    case ConflictEvent::Kind::taken:
        return fmt::format("{} is used by {}; not served here before that host gives it up", address, host);
    case ConflictEvent::Kind::claimed:
        return fmt::format("{} is claimed by {}, while this node serves it", address, host);
    case ConflictEvent::Kind::freed:
        return fmt::format("{} is free: {} answers no more", address, host);
    }
    return address;
}

void ConflictWatch::heard(const vip::Vip& vip, vip::Conflict::Kind kind, const packet::Claim& claim,
                          const std::string& interface) {
    if (conflicts_.heard(boot_now(), claim.address, kind, claim.mac, claim.ifindex)) {
        using Kind = ConflictEvent::Kind;
        tell({.unix_time = {},
              .kind = kind == vip::Conflict::Kind::taken ? Kind::taken : Kind::claimed,
              .vip = vip.name,
              .prefix = vip.prefix,
              .interface = interface,
              .mac = claim.mac});
    }
}

void ConflictWatch::freed(const vip::Vip& vip) {
    const auto conflict = find(vip.prefix.address);
    if (conflict && conflicts_.over(vip.prefix.address)) {
        tell({.unix_time = {},
              .kind = ConflictEvent::Kind::freed,
              .vip = vip.name,
              .prefix = vip.prefix,
              .interface = vip.interface,
              .mac = conflict->mac});
    }
}

void ConflictWatch::tell(ConflictEvent event) {
    event.unix_time = wall_now();
    const bool good = event.kind == ConflictEvent::Kind::freed;
    (good ? log::notice : log::warning)(event_of(event.kind), {{"vip", event.vip},
                                                               {"address", to_text(event.prefix.address)},
                                                               {"mac", to_text(event.mac)},
                                                               {"interface", event.interface},
                                                               {"text", describe(event)}});
    if (events_.size() == events_max) {
        events_.pop_front();
    }
    events_.push_back(std::move(event));
}

std::optional<vip::Conflict> ConflictWatch::find(const IpAddress& address) const {
    return conflicts_.find(boot_now(), address);
}

std::vector<ConflictEvent> ConflictWatch::last(std::size_t count) const {
    const auto skipped = static_cast<std::ptrdiff_t>(events_.size() - std::min(count, events_.size()));
    return {events_.begin() + skipped, events_.end()};
}

} // namespace belay::daemon
