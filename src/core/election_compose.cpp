// What this node tells the others.

#include "belay/core/election.hpp"

#include <algorithm>
#include <utility>

namespace belay::core {

Message Election::compose() const {
    Message message;
    message.role = role_;
    message.reason = reason_;
    message.eligible = !obstacle(now_.boot);
    message.ranks_last = now_.boot < ranks_last_until_;
    message.leaving = eligibility_.stopping && !lease_ && !withdrawing_;
    message.service_healthy = eligibility_.service.good;
    message.priority = setup_.parameters.priority;
    message.started_unix_ns = setup_.started_unix_ns;
    message.config_digest = setup_.config_digest;
    message.highest_term = std::max(highest_term_, acceptor_.highest_term());
    if (lease_) {
        message.held = lease_->ballot();
    }
    if (const auto promise = acceptor_.promise(now_.boot)) {
        message.promised = promise->ballot;
        message.promise_remaining = promise->until - now_.boot;
    }
    if (now_.boot < no_candidate_until_) {
        message.successor = successor_;
    }
    message.released = releases_.list();
    return message;
}

void Election::send(NodeId to, Message message) {
    actions_.emplace_back(action::Send{.to = to, .message = std::move(message)});
}

void Election::send_to_all(const Message& message) {
    for (const Peer& peer : peers_.all()) {
        send(peer.id, message);
    }
}

/// The holder's heartbeat asks for renewal; its own promise is renewed with the same reading of the clock.
void Election::heartbeat() {
    const Duration interval = setup_.parameters.heartbeat_interval;
    next_heartbeat_ = next_heartbeat_ + interval > now_.boot ? next_heartbeat_ + interval : now_.boot + interval;
    Message message = compose();
    if (lease_) {
        message.request = {.kind = RequestKind::renew, .ballot = lease_->ballot(), .composed_at = now_.boot};
        renew_own_promise();
    }
    send_to_all(message);
}

/// An answer to the holder is a heartbeat to it. Ours to the others go out in the same moment, so that at rest all
/// nodes wake once in an interval, together; only when the holder's do not come is our own timer the one that counts.
void Election::heartbeat_beside(NodeId answered) {
    const Duration interval = setup_.parameters.heartbeat_interval;
    const Duration patience = interval / 4;
    if (now_.boot < next_heartbeat_ - interval) {
        return; // we said as much just now
    }
    next_heartbeat_ = now_.boot + interval + patience;
    const Message message = compose();
    for (const Peer& peer : peers_.all()) {
        if (peer.id != answered) {
            send(peer.id, message);
        }
    }
}

} // namespace belay::core
