#include "belay/daemon/fence_events.hpp"

#include "belay/base/clock.hpp"

#include <algorithm>
#include <utility>

namespace belay::daemon {

const char* event_of(FenceEvent::Kind kind) noexcept {
    switch (kind) {
    case FenceEvent::Kind::lost:
        return "fence_lost";
    case FenceEvent::Kind::built:
        return "fence_built";
    case FenceEvent::Kind::failed:
        return "fence_failed";
    case FenceEvent::Kind::unavailable:
        return "fence_unavailable";
    }
    return "fence_failed";
}

void FenceEvents::add(FenceEvent::Kind kind, std::string reason) {
    if (!events_.empty() && events_.back().kind == kind && events_.back().reason == reason) {
        return;
    }
    if (events_.size() == events_max) {
        events_.pop_front();
    }
    events_.push_back({.unix_time = wall_now(), .kind = kind, .reason = std::move(reason)});
}

std::vector<FenceEvent> FenceEvents::last(std::size_t count) const {
    const auto skipped = static_cast<std::ptrdiff_t>(events_.size() - std::min(count, events_.size()));
    return {events_.begin() + skipped, events_.end()};
}

} // namespace belay::daemon
