#include "belay/vip/prober.hpp"

namespace belay::vip {

void Prober::set_next(const IpAddress& vip, Question& question, Instant next) {
    queue_.erase({question.next, vip});
    question.next = next;
    queue_.emplace(next, vip);
}

void Prober::start(Instant now, std::span<const IpAddress> vips) {
    stop();
    if (pace_.count == 0) {
        return;
    }
    for (const IpAddress& vip : vips) {
        set_next(vip, asked_[vip], now);
    }
}

void Prober::stop() {
    asked_.clear();
    queue_.clear();
}

void Prober::forget(const IpAddress& vip) {
    if (const auto entry = asked_.find(vip); entry != asked_.end()) {
        queue_.erase({entry->second.next, vip});
        asked_.erase(entry);
    }
}

bool Prober::answered(Instant now, const IpAddress& vip) {
    const auto entry = asked_.find(vip);
    if (entry == asked_.end()) {
        return false;
    }
    entry->second.taken = true;
    entry->second.sent = 0;
    set_next(vip, entry->second, now + retry_interval);
    return true;
}

Prober::Turn Prober::due(Instant now) {
    Turn turn;
    while (!queue_.empty() && queue_.begin()->first <= now && turn.ask.size() < questions_per_turn_max) {
        const IpAddress vip = queue_.begin()->second;
        Question& question = asked_.at(vip);
        if (question.sent >= pace_.count) {
            turn.free.push_back(vip);
            forget(vip);
            continue;
        }
        ++question.sent;
        turn.ask.push_back(vip);
        set_next(vip, question, now + pace_.interval);
    }
    return turn;
}

std::optional<Instant> Prober::next_deadline() const {
    return queue_.empty() ? std::nullopt : std::optional(queue_.begin()->first);
}

bool Prober::is_taken(const IpAddress& vip) const {
    const auto entry = asked_.find(vip);
    return entry != asked_.end() && entry->second.taken;
}

} // namespace belay::vip
