#include "belay/core/election.hpp"

#include "belay/core/quorum.hpp"
#include "belay/core/sabotage.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <utility>

namespace belay::core {

namespace {

constexpr Duration address_retry = std::chrono::seconds(10);

bool is_witness(const Setup& setup) {
    const auto self = std::ranges::find(setup.nodes, setup.self, &Participant::id);
    assert(self != setup.nodes.end());
    return self->witness;
}

} // namespace

Election::Election(Setup setup, Instant started)
    : setup_(std::move(setup))
    , acceptor_(started, std::max(setup_.abstention, promise_span(setup_.parameters)))
    , peers_(setup_.nodes, setup_.self)
    , eligibility_(is_witness(setup_))
    , jitter_(setup_.seed)
    , now_{.boot = started}
    , reason_{.why = Why::started, .words = "the daemon started; it abstains while an earlier run may be bound"}
    , role_since_(started)
    , vacancy_{.why = Why::no_holder, .words = "no node held the VIPs"}
    , ranks_last_for_(ranks_last_first)
    , next_heartbeat_(started) {}

Actions Election::step(Moment now, const Event& event) {
    assert(now.boot >= now_.boot);
    now_ = now;
    const bool ignored = sabotage::is(sabotage::Break::late_answer_revives) && std::holds_alternative<Heard>(event);
    if (lease_ && !lease_->holds(now_.boot) && !ignored) {
        lease_over();
    }
    std::visit([this](const auto& happened) { handle(happened); }, event);
    if (!stopped_) {
        advance();
    }
    return std::exchange(actions_, {});
}

/// What is due by time. Safe to run at any moment and any number of times.
void Election::advance() {
    report_silence();
    judge_refusals();
    watch_conditions();
    watch_preemption();
    watch_probing();
    drive_round();
    consider_candidacy();
    update_role();
    if (now_.boot >= next_heartbeat_) {
        heartbeat();
    }
}

Instant Election::next_deadline() const {
    if (stopped_) {
        return Instant::max();
    }
    Instant next = next_heartbeat_;
    const auto consider = [&next, this](Instant at) {
        if (at > now_.boot) {
            next = std::min(next, at);
        }
    };
    if (lease_) {
        next = std::min(next, lease_->until());
    }
    if (round_) {
        next = std::min({next, round_->deadline(), ask_again_at_});
    } else if (!lease_ && !withdrawing_) {
        consider(opening_ ? turn() : Instant::max());
        if (const auto running = acceptor_.promise(now_.boot)) {
            consider(running->until);
        }
    }
    consider(acceptor_.abstains_until());
    consider(no_candidate_until_);
    if (const auto change = eligibility_.next_change(now_.boot)) {
        consider(*change);
    }
    for (const Peer& peer : peers_.all()) {
        if (peer.role != Role::down) {
            consider(peer.heard_at + setup_.parameters.lease);
        }
    }
    return next;
}

std::optional<Obstacle> Election::obstacle(Instant now) const {
    if (auto found = eligibility_.obstacle(now)) {
        return found;
    }
    if (now < acceptor_.abstains_until()) {
        return Obstacle{.why = Why::started, .words = "it abstains after its start"};
    }
    if (now < no_candidate_until_) {
        return Obstacle{.why = Why::none, .words = "it released the VIPs a moment ago"};
    }
    return std::nullopt;
}

std::optional<NodeId> Election::holder(Instant now) const {
    if (lease_ && lease_->holds(now)) {
        return setup_.self;
    }
    const Peer* found = nullptr;
    for (const Peer& peer : peers_.all()) {
        const bool serves = peer.said.role == Role::active && heard_within(peer, now, setup_.parameters.lease);
        if (serves && (found == nullptr || found->said.held.term < peer.said.held.term)) {
            found = &peer;
        }
    }
    return found == nullptr ? std::nullopt : std::optional(found->id);
}

Term Election::holder_term(Instant now) const {
    if (lease_ && lease_->holds(now)) {
        return lease_->ballot().term;
    }
    const auto serving = holder(now);
    const Peer* const peer = serving ? peers_.find(*serving) : nullptr;
    return peer == nullptr ? highest_term_ : peer->said.held.term;
}

std::size_t Election::heard_count(Instant now) const {
    return 1 + static_cast<std::size_t>(std::ranges::count_if(peers_.all(), [this, now](const Peer& peer) {
               return heard_within(peer, now, setup_.parameters.lease);
           }));
}

bool Election::differs(const Peer& peer) const noexcept {
    return peer.ever_heard && peer.said.config_digest != setup_.config_digest;
}

std::string Election::name_of(NodeId node) const {
    const auto found = std::ranges::find(setup_.nodes, node, &Participant::id);
    return found == setup_.nodes.end() ? "a node that is not configured here" : found->name;
}

void Election::set_role(Role role, Reason reason) {
    if (role == role_) {
        return;
    }
    actions_.emplace_back(action::RoleChanged{.node = setup_.self,
                                              .from = role_,
                                              .to = role,
                                              .term = lease_ ? lease_->ballot().term : highest_term_,
                                              .reason = reason});
    role_ = role;
    reason_ = reason;
    role_since_ = now_.boot;
    next_heartbeat_ = now_.boot; // the others learn it at once
}

/// The roles that follow from conditions alone; becoming and ceasing to be active have their own places.
void Election::update_role() {
    if (lease_) {
        return;
    }
    if (eligibility_.refusal) {
        set_role(Role::refused, {.why = Why::refused, .words = std::string_view(*eligibility_.refusal)});
    } else if (now_.boot < acceptor_.abstains_until()) {
        set_role(Role::joining, {.why = Why::accepted, .words = "the cluster accepts this node again"});
    } else if (role_ == Role::refused) {
        set_role(Role::standby, {.why = Why::accepted, .words = "the cluster accepts this node again"});
    } else {
        set_role(Role::standby, {.why = Why::abstention_over, .words = "the abstention after the start is over"});
    }
}

/// A peer counts as refusing this node when it takes part with another configuration, or when it is not heard and said
/// so on the info channel. A peer that is heard with our configuration never does: no election depends on that channel
/// (DESIGN section 6).
void Election::judge_refusals() {
    std::size_t refusing = 0;
    std::size_t accepting = 0;
    bool holder_refuses = false;
    std::string words;
    for (const Peer& peer : peers_.all()) {
        const bool heard = heard_within(peer, now_.boot, setup_.parameters.lease);
        if (heard && !differs(peer)) {
            ++accepting;
            continue;
        }
        if (!heard && !peer.refusal) {
            continue;
        }
        ++refusing;
        holder_refuses = holder_refuses || (heard && peer.said.role == Role::active);
        if (words.empty()) {
            words = peer.refusal
                        ? fmt::format("{}: {}", peer.name, *peer.refusal)
                        : fmt::format("{} has another configuration (timing, nodes, roles, tiebreaker, fence or VIPs)",
                                      peer.name);
        }
    }
    const bool alone = accepting == 0 && !lease_ && now_.boot >= acceptor_.abstains_until();
    const bool refused = refusing > 0 && (refusing >= majority(setup_.nodes.size()) || holder_refuses || alone);
    if (!refused) {
        eligibility_.refusal.reset();
    } else {
        eligibility_.refusal = std::move(words);
    }
}

void Election::report_silence() {
    for (Peer& peer : peers_.all()) {
        if (peer.role == Role::down || heard_within(peer, now_.boot, setup_.parameters.lease)) {
            continue;
        }
        const std::string words =
            peer.said.leaving ? std::string(peer.said.reason.words.view())
                              : fmt::format("nothing was heard of it for {} ms", to_ms(now_.boot - peer.heard_at));
        actions_.emplace_back(action::RoleChanged{
            .node = peer.id,
            .from = peer.role,
            .to = Role::down,
            .term = highest_term_,
            .reason = {.why = peer.said.leaving ? Why::stopping : Why::silent, .words = std::string_view(words)}});
        peer.role = Role::down;
    }
}

void Election::handle(const ServiceChanged& changed) {
    eligibility_.service = changed.condition;
}

void Election::handle(const LinksChanged& changed) {
    eligibility_.links = changed.condition;
    eligibility_.address_refusal.reset(); // another state of the interfaces deserves another try
}

void Election::handle(const MaintenanceChanged& changed) {
    eligibility_.maintenance = changed.maintenance;
}

void Election::handle(const PeerVerdict& verdict) {
    if (Peer* const peer = peers_.find(verdict.peer)) {
        peer->refusal = verdict.refusal;
    }
}

void Election::handle(const AddressRefused& refused) {
    eligibility_.address_refusal = refused.detail;
    eligibility_.address_refused_until = now_.boot + address_retry;
}

void Election::handle(const Adjusted& adjusted) {
    setup_.parameters.preempt = adjusted.preempt;
    setup_.parameters.preempt_delay = adjusted.preempt_delay;
    setup_.parameters.preempt_margin = adjusted.preempt_margin;
    setup_.parameters.priority = adjusted.priority;
}

void Election::handle(const SwitchoverAsked& asked) {
    const NodeId target = asked.to ? *asked.to : best_successor();
    action::Reply reply = switchover_to(target);
    if (reply.accepted) {
        step_down({.why = Why::switchover, .words = fmt::format("an operator moved the VIPs to {}", name_of(target))},
                  target);
    }
    actions_.emplace_back(std::move(reply));
}

void Election::handle(const StopAsked& /*asked*/) {
    eligibility_.stopping = true;
    if (lease_) {
        step_down({.why = Why::stopping, .words = "the daemon stops"}, best_successor());
    } else if (!withdrawing_) {
        finish_stop();
    }
}

void Election::finish_stop() {
    if (round_) {
        lose_round();
    }
    if (const auto& last = acceptor_.last_promise(); sole_right_ == SoleRight::kept && last) {
        give_up(last->ballot); // to the other one, which could not take over without
    }
    if (probes_) {
        probes_ = false;
        actions_.emplace_back(action::ProbeVips{.on = false});
    }
    set_role(Role::down, {.why = Why::stopping, .words = "the daemon stopped"});
    Message farewell = compose();
    farewell.leaving = true;
    send_to_all(farewell);
    actions_.emplace_back(action::Stopped{});
    stopped_ = true;
}

} // namespace belay::core
