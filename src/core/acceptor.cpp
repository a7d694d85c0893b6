#include "belay/core/acceptor.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>

namespace belay::core {

namespace {

bool same_ballot(const Ballot& left, const Ballot& right) {
    return sabotage::is(sabotage::Break::bare_term) ? left.term == right.term : left == right;
}

bool later_run(const Incarnation& candidate, const Incarnation& known) {
    return sabotage::is(sabotage::Break::clone_releases) ? candidate != known : is_later_run(candidate, known);
}

} // namespace

Acceptor::Acceptor(Instant started, Duration abstention) noexcept
    : answers_renewals_from_(sabotage::is(sabotage::Break::renewals_at_once) ? started : started + voting_round_max)
    , abstains_until_(sabotage::is(sabotage::Break::no_abstention) ? started : started + abstention) {}

std::optional<Promise> Acceptor::promise(Instant now) const {
    return promise_ && now < promise_->until ? promise_ : std::nullopt;
}

bool Acceptor::bound_to(Instant now, const Ballot& ballot) const {
    const auto running = promise(now);
    return running && same_ballot(running->ballot, ballot);
}

/// The rule for a ballot that is not the one already promised: free, and above every term promised before. A newer
/// ballot of the very run that is promised may take the promise over: whichever of its ballots counts, the holder is
/// the same process, and the promise against all others only grows (3.3, a holder that votes a newer ballot while it
/// holds).
std::optional<Acceptor::Refusal> Acceptor::refuse_other_ballot(Instant now, const Ballot& ballot) const {
    const auto running = promise(now);
    if (running && !running->ballot.same_proposer(ballot) && !sabotage::is(sabotage::Break::promise_ignored)) {
        return Refusal{.verdict = Verdict::promised, .remaining = running->until - now};
    }
    if (ballot.term + (sabotage::is(sabotage::Break::two_votes_in_term) ? 1 : 0) <= highest_term_) {
        return Refusal{.verdict = Verdict::old_term, .remaining = Duration::zero()};
    }
    return std::nullopt;
}

std::optional<Acceptor::Refusal> Acceptor::refuse_renewal(Instant now, const Ballot& ballot) const {
    if (now < answers_renewals_from_) {
        return Refusal{.verdict = Verdict::abstaining, .remaining = answers_renewals_from_ - now};
    }
    // The last promise counts even when it ran out: nobody else was promised anything since, so helping the same ballot
    // again is no worse than helping a new one. The holder's own lease is not revived by it (core/lease.hpp).
    if (promise_ && same_ballot(promise_->ballot, ballot)) {
        return std::nullopt;
    }
    return refuse_other_ballot(now, ballot);
}

std::optional<Acceptor::Refusal> Acceptor::refuse_vote(Instant now, const Ballot& ballot) const {
    if (now < abstains_until_) {
        return Refusal{.verdict = Verdict::abstaining, .remaining = abstains_until_ - now};
    }
    if (bound_to(now, ballot)) {
        return std::nullopt;
    }
    return refuse_other_ballot(now, ballot);
}

Answer Acceptor::answer(Instant now, const Request& request, Duration span) {
    const bool renewal = request.kind == RequestKind::renew;
    const auto refusal = renewal ? refuse_renewal(now, request.ballot) : refuse_vote(now, request.ballot);
    Answer answer{.to = request.kind, .ballot = request.ballot, .asked_at = request.composed_at};
    if (refusal) {
        answer.verdict = refusal->verdict;
        answer.bound_term = highest_term_;
        answer.remaining = refusal->remaining;
        return answer;
    }
    answer.verdict = Verdict::granted;
    answer.promised = span;
    // A repeated vote request gets the same answer and the same promise: the lease counts from the first request.
    const bool repeated_vote = request.kind == RequestKind::vote && bound_to(now, request.ballot);
    const bool unrecorded = request.kind == RequestKind::vote && sabotage::is(sabotage::Break::promise_unrecorded);
    if (request.kind != RequestKind::pre_vote && !repeated_vote && !unrecorded) {
        promise_ = Promise{.ballot = request.ballot, .until = now + span};
        highest_term_ = std::max(highest_term_, request.ballot.term);
    }
    return answer;
}

bool Acceptor::release(Instant now, const Ballot& ballot) {
    highest_term_ = sabotage::is(sabotage::Break::renewal_after_release) ? 0 : std::max(highest_term_, ballot.term);
    if (!promise_ || (promise_->ballot != ballot && !sabotage::is(sabotage::Break::release_of_any))) {
        return false;
    }
    const bool was_running = now < promise_->until;
    promise_.reset();
    return was_running;
}

bool Acceptor::release_earlier_runs(Instant now, NodeId node, const Incarnation& proved) {
    if (!promise_ || promise_->ballot.node != node || !later_run(proved, promise_->ballot.incarnation)) {
        return false;
    }
    const Ballot held = promise_->ballot;
    return release(now, held);
}

} // namespace belay::core
