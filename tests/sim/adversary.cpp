#include "adversary.hpp"

#include "adversary_election.hpp"
#include "adversary_pair.hpp"
#include "cluster.hpp"

#include "belay/core/round.hpp"

namespace belay::sim {

using sabotage::Break;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Found = std::optional<std::string>;

constexpr core::Parameters standard{};

Incarnation run_of(std::uint8_t boot, std::uint64_t host, std::int64_t started) {
    return {.boot_id = {boot}, .netns_cookie = host, .started_ns = started, .nonce = host + 1};
}

core::Ballot ballot_of(const char* node, core::Term term) {
    return {.term = term, .node = node_id(node), .incarnation = run_of(1, node_id(node).value, 1)};
}

core::Request ask(core::RequestKind kind, const core::Ballot& ballot, Instant at) {
    return {.kind = kind, .ballot = ballot, .composed_at = at};
}

/// Five nodes a to e, and c and e restart. a holds with the help of a, b and the run of e that ends at `zero`. d asks
/// for votes `lead` before the new run of e may vote; c votes for d, restarts, and is asked by a to renew.
Found five_nodes(Duration lead) {
    const Instant zero(seconds(100));
    const core::Ballot held = ballot_of("a", 7);
    const core::Ballot wanted = ballot_of("d", 8);
    std::vector<core::Participant> nodes;
    for (const char* name : {"a", "b", "c", "d", "e"}) {
        nodes.push_back({.id = node_id(name), .name = name});
    }
    core::Lease lease(held, core::lease_end(zero - milliseconds(1), standard.lease, standard), nodes.size());
    const Instant asked = zero + standard.lease - lead;
    core::Round round(core::RequestKind::vote, wanted, asked, nodes, standard);
    core::Acceptor first_run_of_c(Instant{}, standard.lease);
    core::Acceptor d(Instant{}, standard.lease);
    const core::Request vote = ask(core::RequestKind::vote, wanted, asked);
    round.record(asked, node_id("d"), d.answer(asked, vote, standard.lease));
    round.record(asked + milliseconds(2), node_id("c"),
                 first_run_of_c.answer(asked + milliseconds(1), vote, standard.lease));

    core::Acceptor second_run_of_c(asked + milliseconds(2), standard.lease);
    const Instant renewed = zero + milliseconds(470); // the last moment before the lease of a is over
    const auto renewal = second_run_of_c.answer(renewed, ask(core::RequestKind::renew, held, renewed), standard.lease);
    for (const char* helper : {"a", "b", "c"}) {
        if (renewal.verdict == core::Verdict::granted || helper[0] != 'c') {
            lease.record(renewed, node_id(helper), renewed, standard.lease, standard);
        }
    }
    core::Acceptor second_run_of_e(zero, standard.lease);
    const Instant late = zero + standard.lease + milliseconds(1);
    round.record(late, node_id("e"), second_run_of_e.answer(late, vote, standard.lease));
    const bool won =
        round.outcome() == core::Outcome::won && core::lease_end(asked, round.shortest_promise(), standard) > late;
    return won && lease.holds(late) ? Found("five nodes were brought to two holders") : std::nullopt;
}

Found second_vote() {
    core::Acceptor acceptor(Instant{}, standard.lease);
    const Instant first(seconds(2));
    const Instant second = first + standard.lease + milliseconds(1);
    static_cast<void>(acceptor.answer(first, ask(core::RequestKind::vote, ballot_of("a", 7), first), standard.lease));
    const auto answer =
        acceptor.answer(second, ask(core::RequestKind::vote, ballot_of("b", 7), second), standard.lease);
    return answer.verdict == core::Verdict::granted ? Found("one acceptor voted for two ballots of one term")
                                                    : std::nullopt;
}

Found renewal_of_released() {
    core::Acceptor acceptor(Instant{}, standard.lease);
    const Instant now(seconds(2));
    const core::Ballot ballot = ballot_of("a", 7);
    static_cast<void>(acceptor.answer(now, ask(core::RequestKind::vote, ballot, now), standard.lease));
    static_cast<void>(acceptor.release(now + milliseconds(1), ballot));
    const auto answer =
        acceptor.answer(now + milliseconds(2), ask(core::RequestKind::renew, ballot, now), standard.lease);
    return answer.verdict == core::Verdict::granted ? Found("a delayed heartbeat renewed a ballot that was released")
                                                    : std::nullopt;
}

Found clone_starts() {
    core::Acceptor acceptor(Instant{}, standard.lease);
    const Instant now(seconds(2));
    static_cast<void>(acceptor.answer(now, ask(core::RequestKind::vote, ballot_of("a", 7), now), standard.lease));
    const Incarnation clone = run_of(2, node_id("a").value, 99);
    return acceptor.release_earlier_runs(now + milliseconds(1), node_id("a"), clone)
               ? Found("a clone on another boot freed what the living holder was promised")
               : std::nullopt;
}

Found answer_after_the_end() {
    core::Lease lease(ballot_of("a", 7), Instant(milliseconds(1000)), 3);
    const Instant now(milliseconds(1050));
    for (const char* helper : {"a", "b"}) {
        lease.record(now, node_id(helper), Instant(milliseconds(990)), standard.lease, standard);
    }
    return lease.holds(now) ? Found("late answers revived a lease that was over") : std::nullopt;
}

Found answer_to_another() {
    const std::vector<core::Participant> nodes{{.id = node_id("a"), .name = "a"}, {.id = node_id("b"), .name = "b"}};
    const Instant now(seconds(2));
    core::Round round(core::RequestKind::vote, ballot_of("a", 8), now, nodes, standard);
    const core::Answer other{
        .to = core::RequestKind::vote, .ballot = ballot_of("a", 7), .asked_at = now, .promised = standard.lease};
    return round.record(now + milliseconds(1), node_id("b"), other) ? Found("a vote for another ballot was counted")
                                                                    : std::nullopt;
}

wire::Header header_of(const Incarnation& sender, const Incarnation& echo, std::uint64_t sequence) {
    wire::Header header;
    header.incarnation = sender;
    header.echo = echo;
    header.sequence = sequence;
    return header;
}

/// A contact that has proved the second run of its peer.
wire::Contact proved_contact(Instant now, const Incarnation& own, const Incarnation& peer) {
    wire::Contact contact(
        {.own = own, .heartbeat_interval = standard.heartbeat_interval, .lease = standard.lease, .nonces = [] {
             return wire::Nonce{.bytes = {1}};
         }});
    wire::Header header = header_of(peer, {}, 1);
    static_cast<void>(contact.receive(now, header)); // asks for the nonce
    header.echo = own;
    header.sequence = 2;
    header.nonce_echo = wire::Nonce{.bytes = {1}};
    static_cast<void>(contact.receive(now + milliseconds(1), header));
    return contact;
}

Found old_run_again() {
    const Instant now(seconds(2));
    const Incarnation own = run_of(1, 1, 1);
    wire::Contact contact = proved_contact(now, own, run_of(1, 2, 20));
    const auto decision = contact.receive(now + seconds(2), header_of(run_of(1, 2, 10), own, 9));
    return decision.reply || decision.accepted() ? Found("a recorded packet of an older run was answered")
                                                 : std::nullopt;
}

Found old_echo() {
    const Instant now(seconds(2));
    wire::Contact contact = proved_contact(now, run_of(1, 1, 10), run_of(1, 2, 20));
    const auto decision = contact.receive(now + milliseconds(5), header_of(run_of(1, 2, 20), run_of(1, 1, 5), 9));
    return decision.accepted() ? Found("a packet that was meant for an earlier run was taken") : std::nullopt;
}

Found recorded_twice() {
    const Instant now(seconds(2));
    const Incarnation own = run_of(1, 1, 10);
    wire::Contact contact = proved_contact(now, own, run_of(1, 2, 20));
    const wire::Header header = header_of(run_of(1, 2, 20), own, 9);
    static_cast<void>(contact.receive(now + milliseconds(5), header));
    return contact.receive(now + milliseconds(6), header).accepted() ? Found("one packet was taken twice")
                                                                     : std::nullopt;
}

Found stranger() {
    wire::Contact contact({.own = run_of(1, 1, 10),
                           .heartbeat_interval = standard.heartbeat_interval,
                           .lease = standard.lease,
                           .nonces = [] { return wire::Nonce{.bytes = {1}}; }});
    const wire::Header recorded = header_of(run_of(1, 2, 20), run_of(1, 1, 10), 9);
    return contact.receive(Instant(seconds(2)), recorded).accepted()
               ? Found("a recorded packet alone established a run")
               : std::nullopt;
}

/// The holder of a lease of three seconds is cut off; the two others restart with a lease of 0.3 s.
Found shorter_lease() {
    Layout layout;
    layout.file.lease = seconds(3);
    layout.file.heartbeat_interval = milliseconds(600);
    Cluster cluster(layout, 1, 0);
    for (std::size_t number = 0; number < layout.node_count; ++number) {
        cluster.start(number);
    }
    cluster.run_until(seconds(12));
    const std::size_t active = cluster.serving();
    for (Host& host : cluster.hosts()) {
        if (host.number == active) {
            continue;
        }
        cluster.link(active, host.number).cut = cluster.link(host.number, active).cut = true;
        host.file = {.lease = milliseconds(300), .heartbeat_interval = milliseconds(60), .digest = 2};
        cluster.kill(host.number);
        cluster.start(host.number);
    }
    cluster.run_until(seconds(17));
    const auto& violations = cluster.oracle().violations();
    if (active == layout.node_count || cluster.serving() == layout.node_count) {
        return "nobody served before the change, or after it";
    }
    return violations.empty() ? std::nullopt : Found(violations.front().text);
}

/// The holder is cut off, and the wall clocks of the others are set ten seconds ahead.
Found wall_clocks_ahead() {
    Cluster cluster(Layout{}, 1, 0);
    for (const Host& host : cluster.hosts()) {
        cluster.start(host.number);
    }
    cluster.run_until(seconds(5));
    const std::size_t active = cluster.serving();
    for (const Host& host : cluster.hosts()) {
        if (host.number != active) {
            cluster.link(active, host.number).cut = cluster.link(host.number, active).cut = true;
            cluster.set_wall(host.number, host.wall_ahead + seconds(10));
        }
    }
    cluster.run_until(seconds(7));
    const auto& violations = cluster.oracle().violations();
    if (active == cluster.hosts().size() || cluster.serving() == cluster.hosts().size()) {
        return "nobody served before the cut, or after it";
    }
    return violations.empty() ? std::nullopt : Found(violations.front().text);
}

/// Of two nodes with a gateway the holder stops in good order, and starts again while the other one is cut off.
Found farewell_and_cable() {
    Layout layout;
    layout.node_count = 2;
    layout.upstream = true;
    layout.delay_most = layout.delay_least; // nothing overtakes the farewell
    Cluster cluster(layout, 1, 0);
    cluster.start(0);
    cluster.start(1);
    cluster.run_until(seconds(4));
    const std::size_t first = cluster.serving();
    if (first == layout.node_count) {
        return "nobody served before the stop";
    }
    const std::size_t second = 1 - first;
    cluster.feed(first, core::StopAsked{});
    cluster.run_until(seconds(4) + milliseconds(400));
    if (cluster.serving() != second) {
        return "a farewell did not let the other one take at once";
    }
    cluster.link(0, 1).cut = cluster.link(1, 0).cut = true;
    cluster.hosts()[second].on_segment = false;
    cluster.start(first);
    cluster.run_until(seconds(10));
    const auto& violations = cluster.oracle().violations();
    if (cluster.serving() == layout.node_count) {
        return "nobody served after the cut";
    }
    return violations.empty() ? std::nullopt : Found(violations.front().text);
}

/// Two nodes with a gateway start at once, and never hear each other's heartbeats: one of them alone takes the VIPs.
Found both_start_apart() {
    Layout layout;
    layout.node_count = 2;
    layout.upstream = true;
    Cluster cluster(layout, 1, 0);
    cluster.link(0, 1).cut = cluster.link(1, 0).cut = true;
    cluster.start(0);
    cluster.start(1);
    cluster.run_until(seconds(8));
    const auto& violations = cluster.oracle().violations();
    if (cluster.serving() == layout.node_count) {
        return "nobody took the VIPs though the gateway answers";
    }
    return violations.empty() ? std::nullopt : Found(violations.front().text);
}

} // namespace

const std::vector<Adversary>& adversaries() {
    static const std::vector<Adversary> all{
        {Break::renewals_at_once, "five nodes, two restarts, a renewal asked right after the second",
         [] { return five_nodes(milliseconds(100)); }},
        {Break::late_votes_count, "five nodes, two restarts, a vote 300 ms late",
         [] { return five_nodes(milliseconds(300)); }},
        {Break::lease_forgotten, "two of three restart with a shorter lease while the holder is cut off",
         shorter_lease},
        {Break::wall_clock_promise, "the holder is cut off, the others' wall clocks jump ahead", wall_clocks_ahead},
        {Break::runs_unordered, "an old heartbeat of a former incarnation", old_run_again},
        {Break::clone_releases, "a clone of the holder starts on another host", clone_starts},
        {Break::echo_unchecked, "a packet for an earlier run of the receiver", old_echo},
        {Break::contact_unproved, "a recorded packet comes first after a restart", stranger},
        {Break::replays_taken, "one packet comes twice", recorded_twice},
        {Break::two_votes_in_term, "a second ballot of a term after the promise is over", second_vote},
        {Break::late_answer_revives, "answers come 50 ms after the end", answer_after_the_end},
        {Break::foreign_answers, "a vote for the candidate's former ballot", answer_to_another},
        {Break::renewal_after_release, "a heartbeat overtaken by the release", renewal_of_released},
        {Break::lease_from_last_ask, "the vote comes after the third request", late_vote_lease},
        {Break::upgrade_released, "a holder asks for a newer ballot in vain", vain_upgrade},
        {Break::tiebreaker_unprobed, "the other of two answers for the VIPs only", taken_from_answering_host},
        {Break::probing_ends, "the other of two answers for VIPs that were taken", second_claim_stays},
        {Break::probing_pause_counts, "the daemon hangs between its questions", silence_with_a_pause},
        {Break::rival_ignored, "both of two ask for the VIPs", rival_runs_over},
        {Break::farewell_votes, "a farewell, a broken cable, a start", farewell_and_cable},
        {Break::tiebreaker_unprobed, "two start at once, cut from each other", both_start_apart},
        {Break::farewell_stays, "a farewell of three seconds ago", old_farewell},
        {Break::operator_word_stays, "a node that an operator vouched for is heard", fenced_node_returns},
        {Break::right_after_release, "a lease by an operator's word runs out", right_survives_lease},
        {Break::right_after_vote, "a release, a vote for the same node, silence", right_survives_vote},
    };
    return all;
}

} // namespace belay::sim
