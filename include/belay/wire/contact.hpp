#pragma once
// What one node knows of one peer's runs, and whether a packet of that peer counts (DESIGN section 2 "incarnation",
// section 6 "First contact"). The MAC was checked before; it says only that some holder of the key once made the
// packet. That it was made by the run of the peer that lives now, for this run, and is new, is decided here:
//
//   accepted = it is of the established incarnation, echoes mine, and its sequence number is new.
//
// Two nodes that know nothing of each other need three packets after the first one, whoever sends that:
//
//   A                                          B
//   heartbeat (echo -)                  -->    pending: A's run; asks
//   pending: B's run; answers, asks     <--    challenge n1 (echo -)
//   answer n1, challenge n2 (echo B)    -->    n1 is back: A's run is established; answers
//   n2 is back: B's run is established  <--    answer n2 (echo A)
//
// Any of them may be lost: the next heartbeat of either side is answered by the same challenge again. A nonce is known
// only to a run that lives after it was made, and is taken once and in time, so recorded packets establish nothing.
// A packet that is not accepted changes nothing but the pending places and what answers were sent to whom.

#include "belay/base/ids.hpp"
#include "belay/base/time.hpp"
#include "belay/wire/heartbeat_packet.hpp"
#include "belay/wire/pending.hpp"
#include "belay/wire/rate_limit.hpp"
#include "belay/wire/reject.hpp"
#include "belay/wire/replay_window.hpp"

#include <cstdint>
#include <optional>

namespace belay::wire {

struct ContactSetup {
    Incarnation own; ///< of this daemon
    Duration heartbeat_interval{};
    Duration lease{};
    NonceSource nonces;
};

/// The part of a Header that depends on the peer.
struct Outgoing {
    Incarnation echo;
    Nonce nonce_echo;
    Nonce challenge;
    std::uint64_t sequence = 0;

    bool operator==(const Outgoing&) const = default;
};

/// What became of a packet.
struct Decision {
    std::optional<Reject> refused{}; ///< empty: accepted
    bool newest = false;             ///< accepted, with the highest sequence number so far
    bool established_now = false;    ///< accepted, and its incarnation was proved by it
    /// To be sent at once, on every channel, as a packet of kind challenge.
    std::optional<Outgoing> reply{};
    /// Another daemon (or a recorded packet) claims to be this peer while the established one is alive; said once.
    bool rival_seen = false;

    [[nodiscard]] bool accepted() const noexcept { return !refused; }
};

/// One peer. A pure value but for the nonces it is given; one thread.
class Contact {
public:
    explicit Contact(ContactSetup setup);

    /// Judges a packet whose MAC held and whose sender is this peer. `now` must not go back.
    [[nodiscard]] Decision receive(Instant now, const Header& header);

    /// For the next heartbeat to this peer. Takes a sequence number, so call it once for each packet (not channel).
    [[nodiscard]] Outgoing next_header(Instant now);

    /// Not known() before the first contact.
    [[nodiscard]] const Incarnation& established() const noexcept { return established_; }

    /// When the last packet was accepted.
    [[nodiscard]] std::optional<Instant> last_heard() const noexcept { return last_heard_; }

private:
    /// The last challenge of the peer, for the heartbeats that follow.
    struct Question {
        Incarnation asker;
        Nonce nonce;
        Instant heard;
    };

    [[nodiscard]] Decision from_established(Instant now, const Header& header);
    [[nodiscard]] Decision from_other(Instant now, const Header& header);
    [[nodiscard]] Decision held_off(const Incarnation& rival);
    void establish(Instant now, const Header& header);
    [[nodiscard]] std::optional<Outgoing> reply_to(Instant now, const Header& header, const Nonce& ask);
    [[nodiscard]] bool may_answer(Instant now, const Nonce& nonce);
    void remember_question(Instant now, const Header& header);
    [[nodiscard]] bool alive(Instant now) const;

    ContactSetup setup_;
    Incarnation established_;
    ReplayWindow window_; ///< of the established incarnation
    std::optional<Instant> last_heard_;
    Pending pending_;
    Incarnation rival_; ///< the last one reported
    std::optional<Question> question_;
    Nonce answered_; ///< the last one, and when
    Instant answered_at_;
    RateLimit answers_;
    std::uint64_t sequence_ = 0; ///< the last one sent
};

} // namespace belay::wire
