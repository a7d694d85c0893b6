// The rate is a leaky bucket kept as one instant (ITU-T I.371, GCRA): each frame moves `next_frame_` on by its share
// of a second, and a silent time is worth at most `allowance` of frames at once, so that a few VIPs go out together.
#include "belay/vip/announcer.hpp"

#include <algorithm>
#include <cassert>

namespace belay::vip {

namespace {

constexpr Duration allowance = std::chrono::milliseconds(10);
constexpr std::uint32_t doublings_max = 16;

} // namespace

Announcer::Announcer(const Pace& pace) {
    set_pace(pace);
}

void Announcer::set_pace(const Pace& pace) {
    assert(pace.burst > 0 && pace.defence_burst > 0 && pace.packets_per_second_max > 0);
    pace_ = pace;
}

Duration Announcer::frame_interval() const noexcept {
    return Duration(std::chrono::seconds(1)) / pace_.packets_per_second_max;
}

void Announcer::set_next(const IpAddress& vip, Schedule& schedule, std::optional<Instant> next) {
    if (schedule.next) {
        queue_.erase({*schedule.next, vip});
    }
    schedule.next = next;
    if (next) {
        queue_.emplace(*next, vip);
    }
}

void Announcer::begin_burst(const IpAddress& vip, Schedule& schedule, std::uint32_t count, Instant at) {
    schedule.left = std::max(schedule.left, count);
    schedule.failures = 0;
    // An announcement that is overdue keeps its place, so that repeated reasons never push a VIP back in the queue.
    set_next(vip, schedule, schedule.next ? std::min(*schedule.next, at) : at);
}

void Announcer::start(Instant now, std::span<const IpAddress> vips) {
    const std::set<IpAddress> wanted(vips.begin(), vips.end());
    for (auto entry = schedules_.begin(); entry != schedules_.end();) {
        if (wanted.contains(entry->first)) {
            ++entry;
            continue;
        }
        set_next(entry->first, entry->second, std::nullopt);
        entry = schedules_.erase(entry);
    }
    for (const IpAddress& vip : wanted) {
        const auto [entry, is_new] = schedules_.try_emplace(vip);
        if (is_new) {
            begin_burst(vip, entry->second, pace_.burst, now);
        }
    }
}

void Announcer::stop() {
    schedules_.clear();
    queue_.clear();
}

void Announcer::announce_again(Instant now, Reason reason, std::optional<IpAddress> vip) {
    const auto again = [&](const IpAddress& address, Schedule& schedule) {
        if (reason == Reason::foreign_announcement) {
            answer_claim(address, schedule, now);
        } else {
            begin_burst(address, schedule, pace_.burst, now);
        }
    };
    if (!vip) {
        for (auto& [address, schedule] : schedules_) {
            again(address, schedule);
        }
    } else if (const auto entry = schedules_.find(*vip); entry != schedules_.end()) {
        again(entry->first, entry->second);
    }
}

void Announcer::answer_claim(const IpAddress& vip, Schedule& schedule, Instant now) {
    if (schedule.answer_at) {
        return; // an answer is waiting already, and it will come after this claim
    }
    const bool too_soon = schedule.answered_claim_at && now - *schedule.answered_claim_at < pace_.defence_interval;
    if (!too_soon) {
        schedule.answered_claim_at = now;
        begin_burst(vip, schedule, pace_.defence_burst, now);
        return;
    }
    const Instant at = *schedule.answered_claim_at + pace_.defence_interval;
    schedule.answer_at = at;
    set_next(vip, schedule, schedule.next ? std::min(*schedule.next, at) : at);
}

std::vector<IpAddress> Announcer::due(Instant now) {
    std::vector<IpAddress> out;
    while (!queue_.empty() && queue_.begin()->first <= now && next_frame_ <= now) {
        const IpAddress vip = queue_.begin()->second;
        next_frame_ = std::max(next_frame_, now - allowance) + (frame_interval() * frames_per_announcement(vip));
        advance(vip, now);
        out.push_back(vip);
    }
    return out;
}

void Announcer::advance(const IpAddress& vip, Instant now) {
    Schedule& schedule = schedules_.at(vip);
    schedule.failures = schedule.is_retry ? schedule.failures : 0;
    schedule.is_retry = false;
    if (schedule.answer_at && *schedule.answer_at <= now) {
        schedule.answered_claim_at = now;
        schedule.answer_at.reset();
        schedule.left = std::max(schedule.left, pace_.defence_burst);
    }
    schedule.left -= std::min(schedule.left, 1U);
    std::optional<Instant> next = schedule.answer_at;
    const Duration pause = schedule.left > 0 ? pace_.burst_interval : pace_.refresh_interval;
    if (schedule.left > 0 || pause > Duration::zero()) {
        next = next ? std::min(*next, now + pause) : now + pause;
    }
    set_next(vip, schedule, next);
}

void Announcer::failed(Instant now, const IpAddress& vip) {
    const auto entry = schedules_.find(vip);
    if (entry == schedules_.end()) {
        return;
    }
    Schedule& schedule = entry->second;
    const Duration wait = pace_.burst_interval * (1U << std::min(schedule.failures, doublings_max));
    ++schedule.failures;
    schedule.is_retry = true;
    schedule.left = std::min(schedule.left + 1, pace_.burst);
    set_next(vip, schedule, now + std::min(std::max(wait, frame_interval()), retry_interval_max));
}

std::optional<Instant> Announcer::next_deadline() const {
    if (queue_.empty()) {
        return std::nullopt;
    }
    return std::max(queue_.begin()->first, next_frame_);
}

} // namespace belay::vip
