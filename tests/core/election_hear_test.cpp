// What messages of peers change: votes, releases, restarts, other configurations (DESIGN sections 3.2, 3.4, 3.5, 3.8).
#include "tested_node.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Standby : TestedNode {
    Standby() {
        now.boot = start + lease_length;
        meet();
    }

    void promise_to_bravo() {
        ask(bravo, RequestKind::vote, ballot(5, bravo));
        BOOST_REQUIRE(election.acceptor().promise(now.boot).has_value());
    }

    Message release_of(const Ballot& given_up, NodeId successor = {}) {
        Message message = idle();
        message.released.ballots[0] = given_up;
        message.released.count = 1;
        message.successor = successor;
        return message;
    }

    std::ptrdiff_t beats_to(NodeId node) const {
        return std::ranges::count(all<action::Send>(), node, &action::Send::to);
    }

    void campaigns_within(Duration span, bool expected) {
        forget();
        pass(span);
        BOOST_TEST(has_asked(RequestKind::pre_vote) == expected);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(election_hear, Standby)

BOOST_AUTO_TEST_CASE(a_renewal_is_answered_at_once_with_the_promise) { // 3.2
    promise_to_bravo();
    now.boot += 50ms;
    forget();
    ask(bravo, RequestKind::renew, ballot(5, bravo));
    BOOST_TEST((last_answer(bravo) == grant(request(RequestKind::renew, ballot(5, bravo), Instant(5s)))));
    BOOST_TEST((last_sent(bravo).promised == ballot(5, bravo)));
    BOOST_TEST((last_sent(bravo).promise_remaining == lease_length));
}

BOOST_AUTO_TEST_CASE(heartbeats_go_out_beside_the_answer_to_the_holder) {
    promise_to_bravo();
    for (int beat = 0; beat < 5; ++beat) {
        forget();
        pass(100ms);
        BOOST_TEST(beats_to(charlie) == (beat == 0 ? 1 : 0)); // the first one may still be due by the own timer
        forget();
        ask(bravo, RequestKind::renew, ballot(5, bravo));
        BOOST_TEST(beats_to(charlie) == 1);
        BOOST_TEST(beats_to(bravo) == 1); // the answer
    }
    ask(bravo, RequestKind::renew, ballot(5, bravo)); // once more at once
    BOOST_TEST(beats_to(charlie) == 1);
    BOOST_TEST(beats_to(bravo) == 2);
}

BOOST_AUTO_TEST_CASE(without_the_holders_heartbeats_the_own_timer_goes_on) {
    promise_to_bravo();
    ask(bravo, RequestKind::renew, ballot(5, bravo));
    forget();
    pass(124ms);
    BOOST_TEST(beats_to(charlie) == 0);
    pass(2ms);
    BOOST_TEST(beats_to(charlie) == 1);
    BOOST_TEST(beats_to(bravo) == 1);
    pass(100ms);
    BOOST_TEST(beats_to(charlie) == 2);
}

BOOST_AUTO_TEST_CASE(a_refusal_tells_the_term_and_the_time) { // 3.2
    promise_to_bravo();
    now.boot += 50ms;
    ask(charlie, RequestKind::vote, ballot(9, charlie));
    const Answer said = last_answer(charlie).value();
    BOOST_TEST((said.verdict == Verdict::promised));
    BOOST_TEST(said.bound_term == 5U);
    BOOST_TEST((said.remaining == 450ms));
}

BOOST_AUTO_TEST_CASE(another_configuration_gets_no_votes_and_no_answers) { // 3.8
    Message other = idle();
    other.config_digest = 2;
    other.request = request(RequestKind::vote, ballot(5, bravo));
    hear(bravo, other);
    other.request.kind = RequestKind::renew;
    hear(bravo, other);
    BOOST_TEST(!last_answer(bravo));
    BOOST_TEST(!election.acceptor().last_promise());
    BOOST_TEST(all<action::Noticed>().size() == 1U); // said once
    BOOST_TEST(all<action::Noticed>().at(0).event == "config_differs");
}

BOOST_AUTO_TEST_CASE(no_vote_is_taken_from_another_configuration) { // 3.8
    pass(100ms);
    BOOST_REQUIRE(has_asked(RequestKind::pre_vote));
    Message other = idle();
    other.config_digest = 2;
    other.answer = grant(asked(RequestKind::pre_vote));
    hear(bravo, other);
    BOOST_TEST(!has_asked(RequestKind::vote));
}

BOOST_AUTO_TEST_CASE(the_named_successor_goes_at_once) { // 3.5
    promise_to_bravo();
    hear(charlie, idle());
    hear(bravo, release_of(ballot(5, bravo), alpha));
    BOOST_TEST(!election.acceptor().promise(now.boot));
    pass(100ms); // nobody was known to hold: first hear who else is there
    BOOST_TEST(has_asked(RequestKind::pre_vote));
}

BOOST_AUTO_TEST_CASE(the_successor_of_a_holder_does_not_wait_at_all) { // 3.5
    Message active = idle();
    active.role = Role::active;
    active.held = ballot(5, bravo);
    active.request = request(RequestKind::renew, ballot(5, bravo));
    hear(bravo, active);
    Message better = idle();
    better.priority = 200;
    hear(charlie, better);
    hear(bravo, release_of(ballot(5, bravo), alpha));
    BOOST_TEST(has_asked(RequestKind::pre_vote)); // though charlie ranks higher
}

BOOST_AUTO_TEST_CASE(the_others_let_the_successor_go_first) { // 3.5
    Message active = idle();
    active.role = Role::active;
    active.held = ballot(5, bravo);
    active.request = request(RequestKind::renew, ballot(5, bravo));
    hear(bravo, active);
    Message gone = release_of(ballot(5, bravo), charlie);
    gone.eligible = false;
    hear(bravo, gone);
    campaigns_within(100ms - 1ns, false);
    campaigns_within(50ms, true);
}

BOOST_AUTO_TEST_CASE(a_released_ballot_is_refused_however_late_its_request) { // 3.5
    promise_to_bravo();
    hear(charlie, release_of(ballot(5, bravo))); // anybody may pass it on
    ask(bravo, RequestKind::renew, ballot(5, bravo));
    BOOST_TEST((last_answer(bravo).value().verdict == Verdict::old_term));
    ask(bravo, RequestKind::vote, ballot(5, bravo));
    BOOST_TEST((last_answer(bravo).value().verdict == Verdict::old_term));
}

BOOST_AUTO_TEST_CASE(a_release_is_judged_before_the_request_of_the_same_packet) { // 3.5
    promise_to_bravo();
    Message both = release_of(ballot(5, bravo));
    both.request = request(RequestKind::vote, ballot(6, charlie));
    forget();
    hear(charlie, both);
    BOOST_TEST((last_answer(charlie).value().verdict == Verdict::granted));
    for (const auto& sent : all<action::Send>()) {
        BOOST_TEST((!sent.message.answer || sent.message.answer->verdict == Verdict::granted));
    }
}

BOOST_AUTO_TEST_CASE(a_later_run_of_the_same_boot_frees_what_the_earlier_held) { // 3.5
    promise_to_bravo();
    feed(Proved{.peer = bravo, .incarnation = incarnation(bravo, 2)});
    BOOST_TEST(!election.acceptor().promise(now.boot));
    BOOST_TEST(all<action::Noticed>().back().event == "peer_restarted");
}

BOOST_AUTO_TEST_CASE(a_run_of_another_boot_waits_for_the_promise) { // 3.5
    promise_to_bravo();
    feed(Proved{.peer = bravo, .incarnation = incarnation(bravo, 2, 2)});
    BOOST_TEST((election.acceptor().promise(now.boot).value().ballot == ballot(5, bravo)));
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_reported_down) {
    pass(lease_length - 1ns);
    forget();
    pass(1ns);
    const auto changes = all<action::RoleChanged>();
    BOOST_REQUIRE(changes.size() == 2U);
    BOOST_TEST((changes[0].to == Role::down));
    BOOST_TEST((changes[0].reason.why == Why::silent));
}

BOOST_AUTO_TEST_CASE(a_stranger_is_not_listened_to) {
    forget();
    hear(node_id("stranger"), idle());
    ask(node_id("stranger"), RequestKind::vote, ballot(5, bravo));
    BOOST_TEST(!election.acceptor().last_promise());
}

BOOST_AUTO_TEST_CASE(a_majority_of_other_configurations_refuses_this_node) { // 3.8
    Message other = idle();
    other.config_digest = 2;
    hear(bravo, other);
    BOOST_TEST((election.role() == Role::standby)); // one of three, and charlie accepts
    hear(charlie, other);
    BOOST_TEST((election.role() == Role::refused));
    hear(charlie, idle());
    BOOST_TEST((election.role() == Role::standby));
    BOOST_TEST((election.reason().why == Why::accepted));
}

BOOST_AUTO_TEST_CASE(a_holder_of_another_configuration_refuses_alone) { // 3.8
    Message other = idle();
    other.config_digest = 2;
    other.role = Role::active;
    hear(bravo, other);
    BOOST_TEST((election.role() == Role::refused));
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_heard_with_our_configuration_never_counts_as_refusing) { // section 6
    feed(PeerVerdict{.peer = bravo, .refusal = "protocol 2 is wanted"});
    feed(PeerVerdict{.peer = charlie, .refusal = "protocol 2 is wanted"});
    BOOST_TEST((election.role() == Role::standby));
    tick_at(now.boot + lease_length); // silent now: what they said on the info channel counts
    BOOST_TEST((election.role() == Role::refused));
}

BOOST_AUTO_TEST_SUITE_END()
