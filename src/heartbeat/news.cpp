#include "belay/heartbeat/news.hpp"

namespace belay::heartbeat {

bool News::is_news(const Received& received) {
    Said said{.incarnation = received.incarnation, .message = received.message};
    said.message.promise_remaining = {};
    const auto [entry, first] = last_.try_emplace(received.from, said);
    const bool asks = said.message.request.kind != core::RequestKind::none || said.message.answer.has_value();
    if (first || asks || said.incarnation != entry->second.incarnation || said.message != entry->second.message) {
        entry->second = std::move(said);
        return true;
    }
    return false;
}

} // namespace belay::heartbeat
