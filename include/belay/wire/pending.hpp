#pragma once
// The incarnations of one peer that were heard but not proved, each with the nonce that it was asked to give back
// (DESIGN section 6, "First contact"). There are a few places and not one, so that a double of the peer, or somebody
// who replays packets of its former runs, cannot keep its new run from being asked.

#include "belay/base/ids.hpp"
#include "belay/base/time.hpp"
#include "belay/wire/heartbeat_packet.hpp"

#include <array>
#include <cstddef>
#include <functional>

namespace belay::wire {

/// Gives an unpredictable nonce each time; one that is not known() says that there is none, and nothing is asked then.
using NonceSource = std::function<Nonce()>;

/// A pure value but for its source of nonces.
class Pending {
public:
    static constexpr std::size_t places = 4;

    /// `ask_interval`: the shortest time between two challenges to one incarnation, and before another one may take
    /// its place. `nonce_life`: how long an answer is accepted.
    Pending(Duration ask_interval, Duration nonce_life, NonceSource nonces);

    /// The nonce to send to `incarnation` now. It stays the same for its whole life, so that a slow answer counts. Not
    /// known() when this incarnation was asked a moment ago, or every place is taken by one that was.
    [[nodiscard]] Nonce ask(Instant now, const Incarnation& incarnation);

    /// Whether `nonce` is what exactly this incarnation was asked to give back, and still in time.
    [[nodiscard]] bool answers(Instant now, const Incarnation& incarnation, const Nonce& nonce) const;

    /// The running challenge that was begun last, to be repeated in heartbeats; not known() if there is none.
    [[nodiscard]] Nonce latest(Instant now) const;

    /// Forgets all of it: somebody was proved.
    void clear() noexcept { slots_ = {}; }

private:
    struct Slot {
        Incarnation incarnation;
        Nonce nonce; ///< not known() in an empty slot
        Instant begun;
        Instant asked; ///< the last time
    };

    [[nodiscard]] bool running(const Slot& slot, Instant now) const;
    [[nodiscard]] Nonce begin(Instant now, const Incarnation& incarnation);

    Duration ask_interval_;
    Duration nonce_life_;
    NonceSource nonces_;
    std::array<Slot, places> slots_{};
};

} // namespace belay::wire
