#include "belay/info/asks.hpp"

#include <cassert>
#include <utility>

namespace belay::info {

std::uint64_t Asks::add(Duration deadline, Done done) {
    assert(!full());
    const std::uint64_t id = ++last_id_;
    const auto [entry, is_new] =
        waiting_.try_emplace(id, Waiting{.done = std::move(done), .deadline = asio::steady_timer(io_, deadline)});
    assert(is_new);
    entry->second.deadline.async_wait([weak = weak_from_this(), id, deadline](const ErrorCode& cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self) {
            self->settle(id, fail("no answer within {}", belay::to_text(deadline)));
        }
    });
    return id;
}

void Asks::settle(std::uint64_t id, Result<nlohmann::json> answer) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) {
        return;
    }
    const Done done = std::move(found->second.done);
    waiting_.erase(found); // before the call, which may ask again
    if (done) {
        done(std::move(answer));
    }
}

void Asks::fail_all(const std::string& why) {
    while (!waiting_.empty()) {
        settle(waiting_.begin()->first, fail("{}", why));
    }
}

} // namespace belay::info
