// How a node without a holder becomes one: wait for its turn, ask without obligation, then ask for votes (DESIGN
// section 3.4).

#include "belay/core/election.hpp"

#include "belay/core/quorum.hpp"
#include "belay/core/sabotage.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace belay::core {

namespace {

constexpr Duration ask_again_after = voting_round_max / 3;

/// Unix seconds << 16 with the fraction of the second in the low bits, so that it grows even when all nodes start anew
/// within one second. Whatever the clock says, it stays below 2^50.
Term term_by_clock(Duration unix_time) {
    constexpr Duration unit = std::chrono::seconds(1);
    const Duration time = std::max(unix_time, Duration::zero());
    return (static_cast<Term>(time / unit) << 16U) +
           ((static_cast<Term>((time % unit).count()) << 16U) / static_cast<Term>(unit.count()));
}

} // namespace

Ballot Election::new_ballot() const {
    return Ballot{.term = std::max({highest_term_ + 1, acceptor_.highest_term() + 1, term_by_clock(now_.unix_time)}),
                  .node = setup_.self,
                  .incarnation = setup_.incarnation};
}

/// Free to compete at `at`: nothing held or half taken down, no obstacle, no promise to anybody, and enough nodes heard
/// or votes at hand that there could be a majority.
bool Election::may_compete(Instant at) const {
    return !lease_ && !withdrawing_ && !obstacle(at) && !acceptor_.promise(at) &&
           heard_count(at) + votes_at_hand(at) >= majority(voters().size());
}

void Election::consider_candidacy() {
    if (round_) {
        return;
    }
    if (!may_compete(now_.boot)) {
        opening_.reset();
        return;
    }
    if (!opening_) {
        open_vacancy();
    }
    if (now_.boot >= turn()) {
        start_round(sabotage::is(sabotage::Break::pre_vote_skipped) ? RequestKind::vote : RequestKind::pre_vote,
                    new_ballot());
    }
}

void Election::open_vacancy() {
    const Duration interval = setup_.parameters.heartbeat_interval;
    opening_ = Opening{.at = now_.boot, .jitter = jitter_.below(interval / 2)};
    const auto& last = acceptor_.last_promise();
    if (last && last->ballot.node != setup_.self && vacancy_.why != Why::takeover) {
        const Peer* const peer = peers_.find(last->ballot.node);
        const bool silent = peer == nullptr || !heard_within(*peer, now_.boot, setup_.parameters.lease);
        vacancy_by_release_ = false;
        vacancy_ =
            silent && peer != nullptr && peer->ever_heard
                ? Reason{.why = Why::holder_silent,
                         .words = fmt::format("{} was silent for {} ms", peer->name, to_ms(now_.boot - peer->heard_at))}
                : Reason{.why = Why::holder_silent,
                         .words = fmt::format("{} did not renew its lease", name_of(last->ballot.node))};
    }
    if (vacancy_.why == Why::no_holder) {
        opening_->at += interval; // after a start nobody waits for the VIPs; first hear who else is a candidate
    }
}

/// The k-th best waits k heartbeats longer, with jitter; the best does not wait.
Instant Election::turn() const {
    assert(opening_);
    const std::size_t rank = own_rank();
    const Duration wait =
        rank == 0 ? Duration::zero()
                  : (static_cast<std::int64_t>(rank) * setup_.parameters.heartbeat_interval) + opening_->jitter;
    return std::max(opening_->at + wait, retry_at_);
}

std::size_t Election::own_rank() const {
    const bool favour = now_.boot < favoured_until_;
    if (favour && favoured_ == setup_.self) {
        return 0;
    }
    const Candidate self = self_candidate();
    std::size_t rank = 0;
    for (const Candidate& rival : rivals(setup_.parameters.lease)) {
        if ((favour && rival.id == favoured_) || goes_before(rival, self)) {
            ++rank;
        }
    }
    return rank;
}

Candidate Election::self_candidate() const {
    const auto self = std::ranges::find(setup_.nodes, setup_.self, &Participant::id);
    return Candidate{.id = setup_.self,
                     .name = self->name,
                     .priority = setup_.parameters.priority,
                     .started_unix_ns = setup_.started_unix_ns,
                     .ranks_last = now_.boot < ranks_last_until_};
}

std::vector<Candidate> Election::rivals(Duration heard_span) const {
    std::vector<Candidate> found;
    for (const Peer& peer : peers_.all()) {
        if (!peer.witness && peer.said.eligible && !differs(peer) && heard_within(peer, now_.boot, heard_span)) {
            found.push_back(Candidate{.id = peer.id,
                                      .name = peer.name,
                                      .priority = peer.said.priority,
                                      .started_unix_ns = peer.said.started_unix_ns,
                                      .ranks_last = peer.said.ranks_last});
        }
    }
    return found;
}

/// Votes for itself first, where the round is a vote; then asks everybody else.
void Election::start_round(RequestKind kind, const Ballot& ballot) {
    highest_term_ = std::max(highest_term_, ballot.term);
    round_.emplace(kind, ballot, now_.boot, voters(), setup_.parameters);
    count_votes_at_hand(*round_);
    const Request own{.kind = kind, .ballot = ballot, .composed_at = now_.boot};
    round_->record(now_.boot, setup_.self, acceptor_.answer(now_.boot, own, promise_span(setup_.parameters)));
    ask_round(true);
    conclude_round();
}

void Election::ask_round(bool everybody) {
    assert(round_);
    const Round& round = *round_;
    ask_again_at_ = now_.boot + ask_again_after;
    Message message = compose();
    message.request = {.kind = round.kind(), .ballot = round.ballot(), .composed_at = now_.boot};
    for (const Peer& peer : peers_.all()) {
        if (everybody || round.unanswered(peer.id)) {
            send(peer.id, message);
        }
    }
}

void Election::drive_round() {
    if (!round_) {
        return;
    }
    if (now_.boot >= round_->deadline()) {
        lose_round();
    } else if (now_.boot >= ask_again_at_) {
        ask_round(false);
    }
}

void Election::conclude_round() {
    assert(round_);
    switch (round_->outcome()) {
    case Outcome::pending:
        return;
    case Outcome::lost:
        lose_round();
        return;
    case Outcome::won:
        break;
    }
    if (round_->kind() == RequestKind::pre_vote && !sabotage::is(sabotage::Break::pre_vote_binds)) {
        const Ballot ballot = round_->ballot();
        start_round(RequestKind::vote, ballot);
        return;
    }
    const Round won = *round_;
    round_.reset();
    become_active(won);
}

/// Given up or not to be won any more: free whoever voted for it, at once, and come again when the refusers may grant.
/// Not while holding by an older ballot: acceptors that moved their promise to the new one still protect that lease,
/// and a release would undo it.
void Election::lose_round() {
    assert(round_);
    const Round lost = *round_;
    round_.reset();
    highest_term_ = std::max(highest_term_, lost.highest_bound_term());
    const Duration interval = setup_.parameters.heartbeat_interval;
    const bool timed_out = lost.outcome() == Outcome::pending;
    if (lost.kind() == RequestKind::vote) {
        if (lease_ && !sabotage::is(sabotage::Break::upgrade_released)) {
            spend(lost.ballot());
            upgrade_at_ = now_.boot + interval;
            return;
        }
        give_up(lost.ballot());
        send_to_all(compose());
        opening_.reset(); // take turns anew, now that the others are known to compete
    }
    // Who got no majority of answers in time may be the one with the bad network: everybody else goes first once.
    const Duration turns =
        timed_out ? static_cast<std::int64_t>(rivals(setup_.parameters.lease).size() + 1) * interval : Duration::zero();
    const Duration spread = own_rank() == 0 && !timed_out ? Duration::zero() : jitter_.below(interval);
    constexpr Duration least_wait = std::chrono::milliseconds(1);
    retry_at_ = now_.boot + std::max(lost.wait_told(), least_wait) + turns + spread;
}

} // namespace belay::core
