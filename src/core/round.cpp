#include "belay/core/round.hpp"

#include "belay/core/lease.hpp"
#include "belay/core/sabotage.hpp"

#include <algorithm>

namespace belay::core {

Round::Round(RequestKind kind, const Ballot& ballot, Instant first_asked_at, const std::vector<Participant>& nodes,
             const Parameters& parameters)
    : kind_(kind)
    , ballot_(ballot)
    , first_asked_at_(first_asked_at)
    , deadline_(std::min(first_asked_at + less_drift(sabotage::is(sabotage::Break::late_votes_count)
                                                         ? Duration(parameters.lease)
                                                         : Duration(voting_round_max),
                                                     parameters),
                         lease_end(first_asked_at, parameters.lease, parameters))) {
    voters_.reserve(nodes.size());
    for (const Participant& node : nodes) {
        voters_.push_back(Voter{.node = node.id});
    }
}

bool Round::record(Instant now, NodeId from, const Answer& answer) {
    const bool other_ballot = answer.ballot != ballot_ && !sabotage::is(sabotage::Break::foreign_answers);
    if (now >= deadline_ || answer.to != kind_ || other_ballot || answer.asked_at < first_asked_at_) {
        return false;
    }
    const auto voter = std::ranges::find(voters_, from, &Voter::node);
    if (voter == voters_.end() || voter->vote == Vote::granted) {
        return false;
    }
    if (answer.verdict == Verdict::granted) {
        voter->vote = Vote::granted;
        voter->promised = answer.promised;
    } else {
        voter->vote = Vote::refused;
        voter->remaining = answer.remaining;
        highest_bound_term_ = std::max(highest_bound_term_, answer.bound_term);
    }
    return true;
}

std::size_t Round::count(Vote vote) const noexcept {
    return static_cast<std::size_t>(std::ranges::count(voters_, vote, &Voter::vote));
}

Outcome Round::outcome() const noexcept {
    return core::outcome(count(Vote::granted), count(Vote::refused), voters_.size());
}

bool Round::unanswered(NodeId node) const noexcept {
    const auto voter = std::ranges::find(voters_, node, &Voter::node);
    return voter != voters_.end() && voter->vote == Vote::none;
}

Duration Round::shortest_promise() const noexcept {
    Duration shortest = Duration::max();
    for (const Voter& voter : voters_) {
        if (voter.vote == Vote::granted) {
            shortest = std::min(shortest, voter.promised);
        }
    }
    return shortest;
}

Duration Round::wait_told() const {
    std::vector<Duration> waits;
    for (const Voter& voter : voters_) {
        if (voter.vote == Vote::refused) {
            waits.push_back(voter.remaining);
        }
    }
    const std::size_t granted = count(Vote::granted);
    const std::size_t needed = majority(voters_.size());
    if (granted >= needed || waits.empty()) {
        return Duration::zero();
    }
    std::ranges::sort(waits);
    return waits[std::min(needed - granted, waits.size()) - 1];
}

} // namespace belay::core
