#include "belay/heartbeat/news.hpp"

#include <utility>

namespace belay::heartbeat {

bool News::is_news(const Received& received) {
    Said said{.incarnation = received.incarnation, .message = received.message};
    said.message.promise_remaining = {};
    said.message.answer.reset();
    const bool needed = received.message.answer && is_needed(received.from, *received.message.answer);
    const bool asks = said.message.request.kind != core::RequestKind::none;
    const auto [entry, first] = last_.try_emplace(received.from, said);
    const bool changed = said.incarnation != entry->second.incarnation || said.message != entry->second.message;
    if (changed) {
        entry->second = std::move(said);
    }
    return first || asks || needed || changed;
}

bool News::is_needed(NodeId from, const core::Answer& answer) {
    if (answer.to != core::RequestKind::renew || answer.verdict != core::Verdict::granted) {
        return true;
    }
    if (answer.asked_at > renewal_) {
        renewal_ = answer.asked_at;
        granters_.clear();
    }
    if (answer.asked_at < renewal_) {
        return true; // rare, and what it is worth is for others to judge
    }
    const bool enough = granters_.size() >= majority_;
    granters_.insert(from);
    return !enough;
}

} // namespace belay::heartbeat
