#include "belay/wire/channel_stats.hpp"

#include <algorithm>

namespace belay::wire {

std::string_view to_text(ChannelState state) noexcept {
    switch (state) {
    case ChannelState::unheard:
        return "unheard";
    case ChannelState::up:
        return "up";
    case ChannelState::down:
        return "down";
    }
    return "unknown";
}

void ChannelStats::begin_run(std::uint64_t sequence) {
    window_ = ReplayWindow(sequence == 0 ? 0 : sequence - 1);
}

bool ChannelStats::heard(Instant heard_at, std::uint64_t sequence, bool duplicate) {
    const Freshness freshness = window_.judge(sequence);
    if (freshness != Freshness::fresh) {
        refused(freshness == Freshness::repeated ? Reject::repeated : Reject::stale);
        return false;
    }
    if (sequence > window_.highest()) {
        counts_.lost += sequence - window_.highest() - 1;
    } else if (counts_.lost > 0) {
        --counts_.lost; // it was only late
    }
    window_.use(sequence);
    ++counts_.received;
    counts_.duplicates += duplicate ? 1 : 0;
    last_heard_ = std::max(last_heard_.value_or(heard_at), heard_at);
    silent_since_ = *last_heard_;
    return true;
}

bool ChannelStats::judge(Instant now) noexcept {
    const bool silent = now - silent_since_ >= lease_;
    const ChannelState judged = silent ? ChannelState::down : (last_heard_ ? ChannelState::up : ChannelState::unheard);
    const bool changed = judged != state_;
    state_ = judged;
    return changed;
}

} // namespace belay::wire
