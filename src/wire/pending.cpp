#include "belay/wire/pending.hpp"

#include <algorithm>

namespace belay::wire {

Pending::Pending(Duration ask_interval, Duration nonce_life, NonceSource nonces)
    : ask_interval_(ask_interval)
    , nonce_life_(nonce_life)
    , nonces_(std::move(nonces)) {}

Nonce Pending::ask(Instant now, const Incarnation& incarnation) {
    for (Slot& slot : slots_) {
        if (running(slot, now) && slot.incarnation == incarnation) {
            if (now - slot.asked < ask_interval_) {
                return {};
            }
            slot.asked = now;
            return slot.nonce;
        }
    }
    return begin(now, incarnation);
}

bool Pending::answers(Instant now, const Incarnation& incarnation, const Nonce& nonce) const {
    return std::ranges::any_of(slots_, [&](const Slot& slot) {
        return running(slot, now) && slot.incarnation == incarnation && slot.nonce == nonce;
    });
}

Nonce Pending::latest(Instant now) const {
    const Slot* found = nullptr;
    for (const Slot& slot : slots_) {
        if (running(slot, now) && (found == nullptr || slot.begun > found->begun)) {
            found = &slot;
        }
    }
    return found != nullptr ? found->nonce : Nonce{};
}

bool Pending::running(const Slot& slot, Instant now) const {
    return slot.nonce.known() && now - slot.begun < nonce_life_;
}

Nonce Pending::begin(Instant now, const Incarnation& incarnation) {
    // An empty or expired place, else the one that had the longest time to answer.
    Slot& slot = *std::ranges::min_element(
        slots_, {}, [&](const Slot& candidate) { return running(candidate, now) ? candidate.begun : Instant::min(); });
    if (running(slot, now) && now - slot.begun < ask_interval_) {
        return {};
    }
    slot = Slot{.incarnation = incarnation, .nonce = nonces_(), .begun = now, .asked = now};
    return slot.nonce;
}

} // namespace belay::wire
