#pragma once
// The voter in every node: what it promised, to whom and until when (DESIGN sections 3.1, 3.2, 3.4, 3.5). Safety rests
// on this class and on core/lease.hpp alone. Pure; instants are this host's.

#include "belay/core/message.hpp"
#include "belay/core/parameters.hpp"

#include <optional>

namespace belay::core {

/// "I help nobody but this ballot until `until`."
struct Promise {
    Ballot ballot;
    Instant until;
};

class Acceptor {
public:
    /// `started` is the start of this run. No vote is given before `started + abstention`, because a promise of an
    /// earlier run may still bind this node; no renewal is accepted before `started + voting_round_max`, because an
    /// earlier run may have voted in a round that is still open: with five nodes both together can make two holders.
    Acceptor(Instant started, Duration abstention) noexcept;

    /// Decides one request, records the promise that it makes, and tells the answer to send. A granted promise runs
    /// for `span` from `now`. A pre-vote changes nothing.
    [[nodiscard]] Answer answer(Instant now, const Request& request, Duration span);

    /// A proposer gave this ballot up: a promise to exactly it ends, and neither it nor an older term is taken from
    /// now on, however late the packet. True when a running promise ended by this.
    bool release(Instant now, const Ballot& ballot);

    /// `node` proved a later run of the same boot and namespace: what an earlier one held is free (3.5). A run of
    /// another boot frees nothing. True when a running promise ended by this.
    bool release_earlier_runs(Instant now, NodeId node, const Incarnation& proved);

    /// The promise that binds at `now`.
    [[nodiscard]] std::optional<Promise> promise(Instant now) const;

    /// The last promise, run out or not; nothing when it was released or never made.
    [[nodiscard]] const std::optional<Promise>& last_promise() const noexcept { return promise_; }

    [[nodiscard]] Instant abstains_until() const noexcept { return abstains_until_; }

    /// The highest term that was promised or released.
    [[nodiscard]] Term highest_term() const noexcept { return highest_term_; }

private:
    struct Refusal {
        Verdict verdict;
        Duration remaining;
    };

    [[nodiscard]] std::optional<Refusal> refuse_renewal(Instant now, const Ballot& ballot) const;
    [[nodiscard]] std::optional<Refusal> refuse_vote(Instant now, const Ballot& ballot) const;
    [[nodiscard]] std::optional<Refusal> refuse_other_ballot(Instant now, const Ballot& ballot) const;
    [[nodiscard]] bool bound_to(Instant now, const Ballot& ballot) const;

    Instant answers_renewals_from_;
    Instant abstains_until_;
    std::optional<Promise> promise_;
    Term highest_term_ = 0;
};

} // namespace belay::core
