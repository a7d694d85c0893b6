// The holder: serving, renewing, and every way of ceasing to serve. There is one path out (withdraw), whatever the
// cause (DESIGN sections 3.3, 3.5, 3.6).

#include "belay/core/election.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace belay::core {

void Election::become_active(const Round& won) {
    const Instant asked_at = sabotage::is(sabotage::Break::lease_from_last_ask) ? ask_again_at_ - voting_round_max / 3
                                                                                : won.first_asked_at();
    const Instant until = lease_end(asked_at, won.shortest_promise(), setup_.parameters);
    if (lease_) {
        // A newer ballot, voted while holding by the older one (3.3): nothing changes for the clients.
        spend(lease_->ballot());
        lease_.emplace(won.ballot(), std::max(until, lease_->until()), renewers());
        actions_.emplace_back(
            action::Noticed{.event = "term_renewed",
                            .node = setup_.self,
                            .text = fmt::format("holding by term {} now, because an acceptor was bound to a newer one",
                                                won.ballot().term)});
        actions_.emplace_back(action::Extended{.until = lease_->until()});
        next_heartbeat_ = now_.boot;
        return;
    }
    opening_.reset();
    if (until <= now_.boot) {
        give_up(won.ballot());
        send_to_all(compose());
        return;
    }
    lease_.emplace(won.ballot(), until, renewers());
    if (!asks_gateway()) {
        sole_right_ = SoleRight::none; // used up: now it is the lease
    }
    set_role(Role::active, vacancy_);
    // A farewell may be old, and the gateway may have helped another run of that node since: then ask first.
    const bool by_farewell = asks_gateway() && peers_.all().front().said.leaving;
    actions_.emplace_back(
        action::Serve{.ballot = won.ballot(), .until = until, .after_release = vacancy_by_release_ && !by_farewell});
    vacancy_ = {.why = Why::no_holder, .words = "no node held the VIPs"};
    vacancy_by_release_ = false;
}

/// This node is an acceptor too; its own promise counts for the lease like any other.
void Election::renew_own_promise() {
    assert(lease_);
    const Request own{.kind = RequestKind::renew, .ballot = lease_->ballot(), .composed_at = now_.boot};
    take_renewal(setup_.self, acceptor_.answer(now_.boot, own, promise_span(setup_.parameters)));
    if (asks_gateway() && has_right(now_.boot)) { // a node that is off agrees to everything
        take_renewal(peers_.all().front().id, {.to = own.kind,
                                               .ballot = own.ballot,
                                               .asked_at = own.composed_at,
                                               .verdict = Verdict::granted,
                                               .promised = setup_.parameters.lease});
    }
}

void Election::take_renewal(NodeId from, const Answer& answer) {
    if (!lease_ || answer.ballot != lease_->ballot()) {
        return;
    }
    if (answer.verdict == Verdict::granted) {
        if (lease_->record(now_.boot, from, answer.asked_at, answer.promised, setup_.parameters)) {
            actions_.emplace_back(action::Extended{.until = lease_->until()});
        }
        return;
    }
    // An acceptor that is free but above our term cannot renew it; it can only vote a newer ballot.
    if (answer.verdict == Verdict::old_term && !round_ && now_.boot >= upgrade_at_) {
        start_round(RequestKind::vote, new_ballot());
    }
}

void Election::lease_over() {
    ranks_last_until_ = now_.boot + ranks_last_for_;
    ranks_last_for_ = std::min(ranks_last_for_ * 2, ranks_last_max);
    assert(lease_);
    const Lease& lease = *lease_;
    std::string answers;
    for (const Peer& peer : peers_.all()) {
        const auto answered = lease.last_answered(peer.id);
        answers += fmt::format("{}{}: {}", answers.empty() ? "" : ", ", peer.name,
                               answered ? fmt::format("{} ms ago", to_ms(now_.boot - *answered)) : "never");
    }
    if (asks_gateway()) {
        answers +=
            fmt::format(", the gateway: {}",
                        gateway_asked_at_ ? fmt::format("{} ms ago", to_ms(now_.boot - *gateway_asked_at_)) : "never");
    }
    const std::string words = renewers() == 1
                                  ? std::string("this node came too late to renew its lease")
                                  : fmt::format("no majority renewed the lease in time (last answers of {})", answers);
    withdraw(Ending::ran_out, NodeId{}, {.why = Why::lease_ran_out, .words = words});
}

void Election::step_down(Reason reason, NodeId successor) {
    ranks_last_for_ = ranks_last_first; // it held in good order until now
    withdraw(Ending::stepped_down, successor, reason);
}

/// The VIPs go first; what follows waits for the kernel's acknowledgement (event Withdrawn). No renewal is asked any
/// more, so without an acknowledgement the lease just runs out.
void Election::withdraw(Ending ending, NodeId successor, Reason reason) {
    assert(lease_);
    withdrawing_ = Withdrawing{.ballot = lease_->ballot(), .ending = ending, .successor = successor};
    if (round_) {
        spend(round_->ballot());
        round_.reset();
    }
    if (sabotage::is(sabotage::Break::release_first)) {
        give_up(lease_->ballot());
        send_to_all(compose());
    }
    lease_.reset();
    actions_.emplace_back(
        action::Withdraw{.ballot = withdrawing_->ballot, .others_wait = ending == Ending::stepped_down});
    set_role(Role::standby, reason);
}

void Election::handle(const Withdrawn& withdrawn) {
    if (!withdrawing_ || withdrawn.ballot != withdrawing_->ballot) {
        return;
    }
    const Withdrawing done = *withdrawing_;
    if (withdrawn.acknowledged || sabotage::is(sabotage::Break::release_unasked)) {
        withdrawing_.reset();
        release_all(done);
        if (done.ending == Ending::stepped_down) {
            no_candidate_until_ = now_.boot + setup_.parameters.lease + (2 * setup_.parameters.heartbeat_interval);
            successor_ = done.successor;
        }
        send_to_all(compose());
    }
    if (eligibility_.stopping) {
        withdrawing_.reset();
        finish_stop();
    }
}

/// Gives up the held ballot and the spent ones. Of two nodes without a third voter, a holder whose lease ran out keeps
/// its right instead: the other one may be dead, and then nobody else could serve again (section 3.7).
void Election::release_all(const Withdrawing& done) {
    if (is_pair() && !asks_gateway() && done.ending == Ending::ran_out && !eligibility_.stopping) {
        sole_right_ = SoleRight::kept;
    } else {
        for (const Ballot& ballot : spent_) {
            give_up(ballot);
        }
        give_up(done.ballot);
    }
    spent_.clear();
}

/// Remembers a ballot of ours that acceptors may still be promised to, to release it together with the held one. What
/// finds no room in a message runs out by time.
void Election::spend(const Ballot& ballot) {
    if (spent_.size() + 1 == ReleaseList::count_max) {
        spent_.erase(spent_.begin());
    }
    spent_.push_back(ballot);
}

/// Says for good that nobody holds by this ballot of ours.
void Election::give_up(const Ballot& ballot) {
    acceptor_.release(now_.boot, ballot);
    releases_.add_own(ballot);
    if (!sabotage::is(sabotage::Break::right_after_release)) {
        sole_right_ = SoleRight::none; // whom the release reaches has it now
    }
}

void Election::watch_conditions() {
    if (!lease_) {
        return;
    }
    if (const auto found = eligibility_.obstacle(now_.boot)) {
        step_down({.why = found->why, .words = std::string_view(found->words)}, best_successor());
    }
}

/// `preempt = yes`: hand over to a member of higher priority that has been ready for a while (3.6). Start time and name
/// only order candidates; they are no reason to move a VIP. With `prefer_primary` alone the margin is so large that
/// only the place of the primary database counts.
void Election::watch_preemption() {
    if (!lease_ || !setup_.parameters.preempt) {
        return;
    }
    const NodeId best = best_successor();
    const Peer* const peer = best ? peers_.find(best) : nullptr;
    if (peer == nullptr || peer->said.priority - setup_.parameters.priority < setup_.parameters.preempt_margin ||
        peer->said.ranks_last || !peer->eligible_since ||
        now_.boot - *peer->eligible_since < setup_.parameters.preempt_delay) {
        return;
    }
    const bool nearer = is_near_primary(peer->said.priority) && !is_near_primary(setup_.parameters.priority);
    step_down({.why = Why::preempted,
               .words = nearer ? fmt::format("{} is where the primary database is, and is ready", peer->name)
                               : fmt::format("{} has the higher priority {} and is ready", peer->name,
                                             configured_priority(peer->said.priority))},
              best);
}

/// The best candidate heard within a heartbeat; when none was, the best heard within a lease.
NodeId Election::best_successor() const {
    for (const Duration span : {setup_.parameters.heartbeat_interval, setup_.parameters.lease}) {
        if (const auto best = best_of(rivals(span))) {
            return best->id;
        }
    }
    return NodeId{};
}

action::Reply Election::switchover_to(NodeId target) const {
    const auto refuse = [](std::string text) { return action::Reply{.accepted = false, .text = std::move(text)}; };
    if (!lease_) {
        const auto active = holder(now_.boot);
        return refuse(active ? fmt::format("this node is not active; {} is", name_of(*active))
                             : "no node is active now; try again when one is");
    }
    if (!target) {
        return refuse("no other node is eligible; `belay nodes` tells why");
    }
    if (target == setup_.self) {
        return refuse("this node is active already");
    }
    const Peer* const peer = peers_.find(target);
    if (peer == nullptr) {
        return refuse("there is no such node in the configuration");
    }
    if (peer->witness) {
        return refuse(fmt::format("{} is a witness; it never holds VIPs", peer->name));
    }
    if (!heard_within(*peer, now_.boot, setup_.parameters.lease)) {
        return refuse(fmt::format("{} is down: nothing is heard of it", peer->name));
    }
    if (!peer->said.eligible || differs(*peer)) {
        return refuse(fmt::format("{} is not eligible; `belay status` on {} tells why", peer->name, peer->name));
    }
    return {.accepted = true, .to = target, .text = fmt::format("{} was asked to take over", peer->name)};
}

} // namespace belay::core
