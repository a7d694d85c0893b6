#pragma once
// Deliberate breaks of single clauses of DESIGN sections 3 and 4, each with a name: tests/sim shows that it notices
// every one of them. In the product `is` is a constant false and nothing of this is left in the program; a test looks
// into the binary for it. Only the pure sources compiled once more for the simulator know BELAY_SABOTAGE.

#include <cstdint>

namespace belay::sabotage {

enum class Break : std::uint8_t {
    // DESIGN section 3.1
    no_abstention,    ///< votes right after a start
    renewals_at_once, ///< answers renewals right after a start, not from W on
    lease_forgotten,  ///< abstains for the configured lease though an earlier run may have promised a longer one
    // Section 2 and 6: who speaks
    runs_unordered,   ///< takes packets of an older run of a peer
    clone_releases,   ///< a later start on another boot or host counts as a later run
    echo_unchecked,   ///< takes packets that were meant for an earlier run of the receiver
    contact_unproved, ///< the first packet of an incarnation proves it
    replays_taken,    ///< takes a sequence number again
    // Section 3.2: acceptor
    bare_term,          ///< compares terms where ballots are meant
    two_votes_in_term,  ///< grants two ballots of one term
    promise_ignored,    ///< votes though a promise to another one runs
    promise_unrecorded, ///< votes and does not remember it
    wall_clock_promise, ///< times promises and leases by the wall clock
    // Section 3.3: lease
    lease_from_receipt,  ///< counts from when the answer came
    lease_from_last_ask, ///< counts a won lease from the last request instead of the first
    minority_renews,     ///< takes one answer too few for enough
    drift_ignored,       ///< D is zero
    slack_ignored,       ///< S is zero
    late_answer_revives, ///< an answer extends a lease that is over
    upgrade_released,    ///< releases a newer ballot that could not be won while it holds by an older one
    // Section 3.4: candidacy
    pre_vote_binds,   ///< serves on pre-votes alone
    late_votes_count, ///< a voting round has no end
    foreign_answers,  ///< counts answers to other ballots
    pre_vote_skipped, ///< no break: safety must not rest on pre-votes, so some runs go without
    // Section 3.5: release
    release_first,         ///< says the release before the VIPs are gone
    release_unasked,       ///< says it though the kernel did not acknowledge the removal
    release_of_any,        ///< a release frees from whatever promise there is
    renewal_after_release, ///< renews a ballot that was released
    // Section 3.7
    tiebreaker_unprobed,  ///< the gateway's vote counts without the long silence at the VIPs
    probing_ends,         ///< stops to ask for the VIPs when they are taken
    probing_pause_counts, ///< questions with a pause between them count as one silence
    rival_ignored,        ///< goes on though another host asks for the VIPs, too
    right_after_vote,     ///< keeps the sole right though it voted for the other one
    right_after_release,  ///< keeps the sole right though it released
    right_by_silence,     ///< of two nodes without tiebreaker: silence of the other one is as good as its vote
    farewell_stays,       ///< a farewell opens the way to the gateway's vote for good
    farewell_votes,       ///< a farewell is the vote of the node that said it, until that is heard again
    operator_word_stays,  ///< an operator's word counts though the other node is heard again
    // Section 3.8
    digest_ignored, ///< answers nodes of another configuration
    // Section 4: the executor's rules, broken in tests/sim where it mirrors src/daemon
    fence_without_ticket, ///< computes the timeout, and arms whenever the kernel comes to it
    timeout_zero,         ///< arms with what is left, be it nothing
    fence_full_lease,     ///< arms for a whole lease from now
    short_promise,        ///< promises for a lease though the fence is the lifetime of the addresses
    left_overs_kept,      ///< speaks to others before the left-overs of an earlier run are gone
    count,
};

#ifdef BELAY_SABOTAGE

/// One bit for each break of this thread's simulations.
inline thread_local std::uint64_t armed = 0;

[[nodiscard]] constexpr std::uint64_t bit(Break which) noexcept {
    return std::uint64_t{1} << static_cast<unsigned>(which);
}

[[nodiscard]] inline bool is(Break which) noexcept {
    return (armed & bit(which)) != 0;
}

#else

[[nodiscard]] constexpr bool is(Break /*which*/) noexcept {
    return false;
}

#endif

} // namespace belay::sabotage
