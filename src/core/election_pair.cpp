// Two nodes (DESIGN section 3.7). Neither is a majority alone, so something must stand in for a node that is lost.
//
// Without a tiebreaker one of the two has the sole right: the holder first, then whoever its release reached. Whoever
// has it needs no vote. It cannot be doubled: a node gains it only by the other's release of the very ballot that it
// promised last, and loses it by its next vote for the other, by an own release and by a restart. Time ends nothing
// here, so a dead holder takes the right along, and an operator has to say that it is dead.
//
// With `tiebreaker = upstream` the gateway is a third voter. It remembers no promise; what keeps a second holder away
// is that the first one's kernel answers for the VIPs, so its vote to take counts after a long silence there only, or
// right after the farewell of the holder. A farewell is no vote: who said it may start again, unheard, and take with
// the gateway's. A node that an operator vouches for agrees to everything until it is heard again.

#include "belay/core/election.hpp"

#include "belay/core/sabotage.hpp"

#include <fmt/format.h>

namespace belay::core {

namespace {

constexpr std::int64_t rival_back_off_leases = 4;
constexpr std::int64_t gateway_fresh_intervals = 3; // asked each interval; one answer may be lost
constexpr Duration claim_noted_every = std::chrono::seconds(10);

} // namespace

bool Election::is_pair() const noexcept {
    return setup_.nodes.size() == 2;
}

bool Election::asks_gateway() const noexcept {
    return is_pair() && setup_.upstream;
}

/// Everybody whose answers make a majority to take.
std::vector<Participant> Election::voters() const {
    std::vector<Participant> all = setup_.nodes;
    if (asks_gateway()) {
        all.push_back({.id = gateway_voter, .name = "the gateway", .witness = true});
    }
    return all;
}

/// How many voters a majority of which keeps a lease: of two nodes without a tiebreaker the holder goes on alone,
/// because the other one cannot take without its vote.
std::size_t Election::renewers() const {
    return is_pair() && !asks_gateway() ? 1 : voters().size();
}

bool Election::gateway_reachable(Instant at) const {
    return asks_gateway() && gateway_asked_at_ &&
           at - *gateway_asked_at_ < gateway_fresh_intervals * setup_.parameters.heartbeat_interval;
}

/// Of two claims that cannot speak to each other one must yield: the node whose name is later, because the order of the
/// names is all that both surely know alike (it is part of the configuration digest; priorities change live).
bool Election::ranks_below_other() const {
    return setup_.nodes.back().id == setup_.self;
}

/// Whether the other node counts as voting for whatever this one asks, without being asked.
bool Election::has_right(Instant at) const {
    if (!is_pair()) {
        return false;
    }
    const Peer& other = peers_.all().front();
    if (sabotage::is(sabotage::Break::right_by_silence) && !heard_within(other, at, setup_.parameters.lease)) {
        return true;
    }
    switch (sole_right_) {
    case SoleRight::released:
        return !asks_gateway() || (other.said.leaving && sabotage::is(sabotage::Break::farewell_votes));
    case SoleRight::kept:
        return !asks_gateway(); // which may have helped the other one since, without this node's knowledge
    case SoleRight::fenced:
        return true;
    case SoleRight::none:
        break;
    }
    return false;
}

/// The other one released and stopped a moment ago: it abstains for a lease when it starts again, and asks for the VIPs
/// for two more before it takes, so until then nobody can be at the VIPs.
bool Election::farewell_counts(Instant at) const {
    if (sabotage::is(sabotage::Break::farewell_stays)) {
        return sole_right_ == SoleRight::released;
    }
    const Peer& other = peers_.all().front();
    return sole_right_ == SoleRight::released && other.said.leaving && at - other.heard_at < setup_.parameters.lease;
}

/// Whether the gateway's answers count as a vote to take: only in place of a node that does not take part, and only
/// while nobody answers at the VIPs.
bool Election::gateway_votes(Instant at) const {
    if (!gateway_reachable(at)) {
        return false;
    }
    const bool silent =
        probing_.nobody_there(at, setup_.parameters) || sabotage::is(sabotage::Break::tiebreaker_unprobed);
    return farewell_counts(at) || (wants_probing(at) && silent);
}

/// Votes that need no asking.
std::size_t Election::votes_at_hand(Instant at) const {
    return has_right(at) || gateway_votes(at) ? 1 : 0;
}

void Election::count_votes_at_hand(Round& round) const {
    const Answer granted{.to = round.kind(),
                         .ballot = round.ballot(),
                         .asked_at = round.first_asked_at(),
                         .verdict = Verdict::granted,
                         .promised = promise_span(setup_.parameters)};
    if (has_right(now_.boot)) {
        round.record(now_.boot, peers_.all().front().id, granted);
    } else if (gateway_votes(now_.boot)) {
        round.record(now_.boot, gateway_voter, granted);
    }
}

/// After something that may have released what the acceptor was bound to by `before`.
void Election::note_freed(const std::optional<Promise>& before) {
    if (before && before->ballot.node != setup_.self && !acceptor_.last_promise()) {
        sole_right_ = SoleRight::released;
    }
}

void Election::handle(const UpstreamChecked& checked) {
    if (!checked.reachable || (gateway_asked_at_ && checked.asked_at <= *gateway_asked_at_)) {
        return;
    }
    gateway_asked_at_ = checked.asked_at;
    if (lease_ && asks_gateway() &&
        lease_->record(now_.boot, gateway_voter, checked.asked_at, setup_.parameters.lease, setup_.parameters)) {
        actions_.emplace_back(action::Extended{.until = lease_->until()});
    }
}

/// Probing matters while the other node is silent, or heard but neither active nor able to become it.
bool Election::wants_probing(Instant at) const {
    if (!asks_gateway() || at < probe_again_at_) {
        return false;
    }
    const Peer& other = peers_.all().front();
    const Duration silence = lease_ ? setup_.parameters.lease : 2 * setup_.parameters.heartbeat_interval;
    const bool silent = !heard_within(other, at, silence);
    if (lease_) {
        return silent && !sabotage::is(sabotage::Break::probing_ends);
    }
    const bool takes_part = other.said.role == Role::active || other.said.eligible;
    return gateway_reachable(at) && !withdrawing_ && !obstacle(at) && (silent || !takes_part);
}

void Election::watch_probing() {
    const bool wanted = wants_probing(now_.boot);
    if (wanted == probes_) {
        return;
    }
    probes_ = wanted;
    probing_.begin_again();
    actions_.emplace_back(action::ProbeVips{.on = wanted, .interval = vip_probe_interval(setup_.parameters)});
}

void Election::handle(const VipProbed& probed) {
    if (!probes_) {
        return;
    }
    probing_.record(probed.asked_at, probed.outcome, setup_.parameters);
    if (probed.outcome == ProbeOutcome::unanswered) {
        return;
    }
    const bool claim = probed.outcome == ProbeOutcome::answered;
    if (!claim && (lease_ || sabotage::is(sabotage::Break::rival_ignored) ||
                   probing_.somebody_there(now_.boot, setup_.parameters))) {
        return; // who asks a holder is answered by its kernel, and a holder asks too
    }
    if (now_.boot >= claim_noted_until_ && (lease_ || !claim)) {
        claim_noted_until_ = now_.boot + claim_noted_every;
        actions_.emplace_back(
            action::Noticed{.event = "vip_conflict",
                            .node = setup_.self,
                            .text = fmt::format("{}; {}",
                                                claim ? "another host answers for a VIP that this node holds"
                                                      : "another host is about to take the VIPs too",
                                                ranks_below_other() ? "this node yields" : "the other one yields")});
    }
    if (!ranks_below_other() || (!lease_ && claim)) {
        return;
    }
    probe_again_at_ = now_.boot + (rival_back_off_leases * setup_.parameters.lease);
    if (lease_) {
        withdraw(Ending::yielded, NodeId{},
                 {.why = Why::claimed_twice,
                  .words = "another host answers for the VIPs, and of two claims that of the later name yields"});
    }
}

void Election::handle(const FencedByOperator& fenced) {
    action::Reply reply = takeover_from(fenced.node);
    if (reply.accepted) {
        sole_right_ = SoleRight::fenced;
        vacancy_ = {.why = Why::takeover,
                    .words = fmt::format("an operator said that {} is fenced", name_of(fenced.node))};
        vacancy_by_release_ = false;
    }
    actions_.emplace_back(std::move(reply));
}

action::Reply Election::takeover_from(NodeId fenced) const {
    const auto refuse = [](std::string text) { return action::Reply{.accepted = false, .text = std::move(text)}; };
    if (!is_pair()) {
        return refuse(
            fmt::format("with {} nodes a majority decides; bring nodes back until there is one", setup_.nodes.size()));
    }
    const Peer& other = peers_.all().front();
    if (fenced != other.id) {
        return refuse(fmt::format("this node is {}; name the other one, {}", name_of(setup_.self), other.name));
    }
    if (lease_) {
        return refuse("this node is active already");
    }
    if (heard_within(other, now_.boot, setup_.parameters.lease)) {
        return refuse(fmt::format("{} lives: it was heard {} ms ago; use `belay switchover`", other.name,
                                  to_ms(now_.boot - other.heard_at)));
    }
    if (const auto found = obstacle(now_.boot)) {
        return refuse(fmt::format("this node cannot serve: {}", found->words));
    }
    return {.accepted = true,
            .to = setup_.self,
            .text = fmt::format("{} counts as fenced; {} takes over", other.name, name_of(setup_.self))};
}

std::optional<std::string> Election::waits_for(Instant now) const {
    if (!is_pair() || lease_ || withdrawing_ || obstacle(now) || holder(now)) {
        return std::nullopt;
    }
    const Peer& other = peers_.all().front();
    if (heard_within(other, now, setup_.parameters.lease) || has_right(now)) {
        return std::nullopt;
    }
    if (!asks_gateway()) {
        return fmt::format(
            "{} is silent, and without its vote nobody may take over: bring it back, or, when its host is "
            "surely off: belay takeover --i-have-fenced {}",
            other.name, other.name);
    }
    if (!gateway_reachable(now)) {
        return fmt::format("{} is silent, and the gateway does not answer: bring one of them back", other.name);
    }
    return fmt::format("{} is silent; the VIPs are asked for until nobody has answered for two leases", other.name);
}

} // namespace belay::core
