// What a message of a peer changes. The order matters: facts about runs and released ballots come first, so that a
// request is judged with all that its own packet tells.

#include "belay/core/election.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::core {

void Election::handle(const Heard& heard) {
    Peer* const peer = peers_.find(heard.from);
    if (peer == nullptr) {
        return;
    }
    const bool was_off = sole_right_ == SoleRight::fenced || peer->said.leaving;
    if (!heard.message.leaving && was_off && !sabotage::is(sabotage::Break::operator_word_stays)) {
        sole_right_ = SoleRight::none; // it is not off any more
    }
    const bool same_before = !differs(*peer);
    note_run(*peer, heard.incarnation);
    hear(*peer, heard.incarnation, heard.message, heard.heard_at, heard.newest);
    note_role(*peer);
    if (heard.message.config_digest != setup_.config_digest && !sabotage::is(sabotage::Break::digest_ignored)) {
        // No votes, no answers, nothing taken (section 3.8).
        if (same_before) {
            actions_.emplace_back(
                action::Noticed{.event = "config_differs",
                                .node = peer->id,
                                .text = fmt::format("{} has another configuration (timing, nodes, roles, tiebreaker, "
                                                    "fence or VIPs): it gets no votes and no answers",
                                                    peer->name)});
        }
        return;
    }
    note_term(heard.message);
    note_releases(*peer, heard.message, heard.newest);
    if (heard.newest) {
        yield_to_higher_term(*peer, heard.message);
    }
    if (heard.message.request.kind != RequestKind::none) {
        answer_request(peer->id, heard.message.request);
    }
    if (heard.message.answer) {
        take_answer(peer->id, *heard.message.answer);
    }
}

/// The proof alone frees what an earlier run held; what the new run wants follows with its first message.
void Election::handle(const Proved& proved) {
    Peer* const peer = peers_.find(proved.peer);
    if (peer == nullptr || peer->incarnation == proved.incarnation) {
        return;
    }
    note_run(*peer, proved.incarnation);
    peer->incarnation = proved.incarnation;
    peer->eligible_since.reset();
    peer->said.eligible = false;
    peer->said.role = Role::joining;
    peer->said.held = Ballot{};
}

/// A later run of the same boot and namespace has removed the left-overs of the earlier one before it sent anything:
/// what that one held is free (section 3.5). A run of another boot frees nothing; its promise runs out by time.
void Election::note_run(Peer& peer, const Incarnation& incarnation) {
    if (!peer.incarnation.known() || peer.incarnation == incarnation) {
        return;
    }
    actions_.emplace_back(action::Noticed{.event = "peer_restarted",
                                          .node = peer.id,
                                          .text = fmt::format("{} runs as {} now, before as {}", peer.name,
                                                              to_text(incarnation), to_text(peer.incarnation))});
    const std::optional<Promise> before = acceptor_.last_promise();
    const bool freed = acceptor_.release_earlier_runs(now_.boot, peer.id, incarnation);
    note_freed(before);
    if (freed) {
        vacancy_ = {.why = Why::holder_restarted, .words = fmt::format("the daemon on {} restarted", peer.name)};
        vacancy_by_release_ = false;
    }
}

void Election::note_role(Peer& peer) {
    const Role says = peer.said.leaving ? Role::down : peer.said.role;
    if (says == peer.role) {
        return;
    }
    Reason reason = peer.said.reason;
    if (peer.role == Role::down && reason.why == Why::none) {
        reason = {.why = Why::returned, .words = "it is heard again"};
    }
    actions_.emplace_back(
        action::RoleChanged{.node = peer.id,
                            .from = peer.role,
                            .to = says,
                            .term = peer.said.held.known() ? peer.said.held.term : peer.said.highest_term,
                            .reason = reason});
    peer.role = says;
}

void Election::note_term(const Message& message) {
    highest_term_ = std::max(
        {highest_term_, message.highest_term, message.held.term, message.promised.term, message.request.ballot.term});
}

void Election::note_releases(Peer& peer, const Message& message, bool newest) {
    for (std::size_t index = 0; index < std::min(message.released.count, ReleaseList::count_max); ++index) {
        const Ballot& ballot = message.released.ballots[index];
        const std::optional<Promise> before = acceptor_.last_promise();
        acceptor_.release(now_.boot, ballot);
        note_freed(before);
        if (releases_.add_heard(ballot)) {
            retry_at_ = now_.boot; // what a refusal told of waiting rested on promises that may be over now
        }
    }
    const Ballot given_up = newest_of(message.released, peer.id);
    if (!newest || !given_up.known() || given_up == peer.last_given_up) {
        return;
    }
    peer.last_given_up = given_up;
    if (contains(message.released, peer.last_held) && !held_since(peer.last_held.term)) {
        vacancy_ = {.why = Why::holder_released,
                    .words = fmt::format("{} released the VIPs: {}", peer.name, message.reason.words.view())};
        vacancy_by_release_ = true;
    }
    if (message.successor) {
        // The holder itself says whom it asks to take over: that one goes at once, all others let it go first (3.5).
        favoured_ = message.successor;
        favoured_until_ = now_.boot + setup_.parameters.lease;
    }
}

/// Whether a peer was heard to hold by a term above this one: then a release of it is old news.
bool Election::held_since(Term term) const noexcept {
    return std::ranges::any_of(peers_.all(), [term](const Peer& peer) { return peer.last_held.term > term; });
}

void Election::yield_to_higher_term(const Peer& peer, const Message& message) {
    if (lease_ && message.role == Role::active && message.held.term > lease_->ballot().term) {
        withdraw(Ending::yielded, NodeId{},
                 {.why = Why::higher_term,
                  .words = fmt::format("{} is active with the higher term {}", peer.name, message.held.term)});
    }
}

void Election::answer_request(NodeId to, const Request& request) {
    Message reply = compose();
    reply.answer = acceptor_.answer(now_.boot, request, promise_span(setup_.parameters));
    const bool bound = request.kind != RequestKind::pre_vote && reply.answer->verdict == Verdict::granted;
    if (bound && !sabotage::is(sabotage::Break::right_after_vote)) {
        sole_right_ = SoleRight::none; // it is the other one's now
    }
    if (const auto promise = acceptor_.promise(now_.boot)) {
        reply.promised = promise->ballot;
        reply.promise_remaining = promise->until - now_.boot;
    }
    send(to, std::move(reply));
    if (request.kind == RequestKind::renew) {
        heartbeat_beside(to);
    }
}

void Election::take_answer(NodeId from, const Answer& answer) {
    highest_term_ = std::max(highest_term_, answer.bound_term);
    if (answer.to == RequestKind::renew) {
        take_renewal(from, answer);
    } else if (round_ && round_->record(now_.boot, from, answer)) {
        conclude_round();
    }
}

} // namespace belay::core
