// Serving, renewing, and every way of ceasing to serve (DESIGN sections 3.3, 3.5, 3.6).
#include "tested_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Holder : TestedNode {
    Ballot held;

    Holder() {
        win();
        BOOST_REQUIRE(election.lease().has_value());
        held = election.lease()->ballot();
        forget();
    }

    void service_fails() { feed(ServiceChanged{{.good = false, .detail = "the process is gone"}}); }

    void withdrawn(bool acknowledged = true) { feed(Withdrawn{.ballot = held, .acknowledged = acknowledged}); }

    /// The lease runs out unanswered; the VIPs are taken down.
    void lose_lease() {
        tick_at(election.lease()->until());
        held = all<action::Withdraw>().back().ballot;
        withdrawn();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(election_holder, Holder)

BOOST_AUTO_TEST_CASE(a_majority_of_answers_extends_the_lease_from_the_composition) { // 3.3
    pass(100ms);
    const Request renewal = asked(RequestKind::renew);
    BOOST_TEST((renewal.ballot == held));
    now.boot += 70ms;
    answer(bravo, grant(renewal, 400ms));
    BOOST_REQUIRE(did<action::Extended>());
    BOOST_TEST((election.lease()->until() == renewal.composed_at + 376ms));
    BOOST_TEST((all<action::Extended>().back().until == election.lease()->until()));
}

BOOST_AUTO_TEST_CASE(an_answer_to_another_ballot_extends_nothing) { // 3.3
    pass(100ms);
    Request renewal = asked(RequestKind::renew);
    renewal.ballot.term += 1;
    answer(bravo, grant(renewal));
    BOOST_TEST(!did<action::Extended>());
}

BOOST_AUTO_TEST_CASE(a_lease_that_ends_is_over_before_a_late_answer_is_looked_at) { // 3.3
    pass(100ms);
    const Request renewal = asked(RequestKind::renew);
    now.boot = election.lease()->until();
    answer(bravo, grant(renewal));
    BOOST_TEST(!did<action::Extended>());
    BOOST_TEST((all<action::Withdraw>().at(0).ballot == held));
    BOOST_TEST((election.role() == Role::standby));
    BOOST_TEST((election.reason().why == Why::lease_ran_out));
    answer(charlie, grant(renewal));
    BOOST_TEST(!election.lease());
}

BOOST_AUTO_TEST_CASE(a_lease_that_ends_is_over_before_the_event_is_looked_at) { // 3.3
    now.boot = election.lease()->until();
    feed(SwitchoverAsked{.to = bravo});
    BOOST_TEST(!all<action::Reply>().at(0).accepted);
    BOOST_TEST((election.reason().why == Why::lease_ran_out));
}

BOOST_AUTO_TEST_CASE(it_wakes_at_the_end_of_its_lease_at_the_latest) {
    for (int turn = 0; turn < 20 && election.lease(); ++turn) {
        BOOST_TEST((election.next_deadline() <= election.lease()->until()));
        BOOST_TEST((election.next_deadline() > now.boot));
        tick_at(election.next_deadline());
    }
    BOOST_TEST(!election.lease());
    BOOST_TEST((now.boot == start + 600ms + lease_worth));
}

BOOST_AUTO_TEST_CASE(who_lost_a_lease_ranks_last_for_ten_seconds) { // 3.3
    lose_lease();
    BOOST_TEST(last_sent().ranks_last);
    BOOST_TEST(!last_sent().successor);
    const Instant lost_at = now.boot;
    tick_at(lost_at + 10s - 1ns);
    BOOST_TEST(last_sent().ranks_last);
    tick_at(lost_at + 10s + 100ms);
    BOOST_TEST(!last_sent().ranks_last);
}

BOOST_AUTO_TEST_CASE(the_second_lost_lease_ranks_last_for_twice_as_long) { // 3.3, "doubling"
    lose_lease();
    pass(20s);
    meet();
    pass(100ms);
    answer(bravo, grant(asked(RequestKind::pre_vote)));
    answer(bravo, grant(asked(RequestKind::vote)));
    BOOST_REQUIRE(election.lease().has_value());
    forget();
    lose_lease();
    const Instant lost_at = now.boot;
    tick_at(lost_at + 20s - 1ns);
    BOOST_TEST(last_sent().ranks_last);
    tick_at(lost_at + 20s + 100ms);
    BOOST_TEST(!last_sent().ranks_last);
}

BOOST_AUTO_TEST_CASE(it_withdraws_first_and_releases_when_the_kernel_acknowledged) { // 3.5
    service_fails();
    BOOST_TEST((all<action::Withdraw>().at(0).ballot == held));
    BOOST_TEST((election.reason().why == Why::service_failed));
    pass(100ms);
    BOOST_TEST(!contains(last_sent().released, held));
    BOOST_TEST(!has_asked(RequestKind::renew)); // the lease only runs out now
    feed(Withdrawn{.ballot = ballot(77, alpha), .acknowledged = true});
    BOOST_TEST(!contains(last_sent().released, held)); // of something else
    withdrawn();
    BOOST_TEST(contains(last_sent(bravo).released, held));
    BOOST_TEST(contains(last_sent(charlie).released, held));
    BOOST_TEST((last_sent().successor == bravo));
    pass(100ms);
    BOOST_TEST(contains(last_sent().released, held)); // repeated in each heartbeat
}

BOOST_AUTO_TEST_CASE(without_an_acknowledgement_nothing_is_ever_released) { // 3.5
    service_fails();
    withdrawn(false);
    pass(5s);
    for (const auto& sent : all<action::Send>()) {
        BOOST_TEST(!contains(sent.message.released, held));
    }
}

BOOST_AUTO_TEST_CASE(after_an_own_release_it_is_no_candidate_for_a_while) { // 3.5, L + 2h
    service_fails();
    withdrawn();
    feed(ServiceChanged{{.good = true, .detail = ""}});
    const Instant released_at = now.boot;
    BOOST_TEST(election.obstacle(released_at + 700ms - 1ns).has_value());
    BOOST_TEST(!election.obstacle(released_at + 700ms));
    forget();
    while (now.boot < released_at + 700ms - 50ms) {
        meet();
        pass(50ms);
    }
    BOOST_TEST(!has_asked(RequestKind::pre_vote));
}

BOOST_AUTO_TEST_CASE(a_refusal_by_a_higher_term_is_met_with_a_vote_while_holding) { // 3.3
    pass(100ms);
    answer(charlie, refuse(asked(RequestKind::renew), Verdict::old_term, 50, 0ms));
    const Request vote = asked(RequestKind::vote);
    BOOST_TEST(vote.ballot.term == 51U);
    BOOST_TEST((election.lease()->ballot() == held)); // it serves on by the old one
    answer(charlie, grant(vote));
    BOOST_TEST((election.lease()->ballot() == vote.ballot));
    BOOST_TEST(!did<action::Withdraw>());
    BOOST_TEST(!contains(last_sent().released, held));
}

BOOST_AUTO_TEST_CASE(a_vote_lost_while_holding_is_not_released) { // 3.3
    pass(100ms);
    answer(charlie, refuse(asked(RequestKind::renew), Verdict::old_term, 50, 0ms));
    const Request vote = asked(RequestKind::vote);
    answer(bravo, refuse(vote, Verdict::promised, 60, 300ms));
    answer(charlie, refuse(vote, Verdict::promised, 60, 300ms));
    BOOST_TEST((election.acceptor().promise(now.boot).value().ballot == vote.ballot));
    pass(100ms);
    BOOST_TEST(election.lease().has_value());
    BOOST_TEST(!contains(last_sent().released, vote.ballot));
    service_fails(); // with the VIPs gone, both are
    withdrawn();
    BOOST_TEST(contains(last_sent().released, vote.ballot));
    BOOST_TEST(contains(last_sent().released, held));
}

BOOST_AUTO_TEST_CASE(a_higher_term_active_makes_it_withdraw_at_once) { // 3.3
    Message other = idle();
    other.role = Role::active;
    other.held = ballot(held.term, bravo);
    hear(bravo, other);
    BOOST_TEST(!did<action::Withdraw>()); // an equal term is none
    other.held.term += 1;
    hear(bravo, other, false);
    BOOST_TEST(!did<action::Withdraw>()); // nor is an overtaken message fresh
    hear(bravo, other);
    BOOST_TEST((all<action::Withdraw>().at(0).ballot == held));
    BOOST_TEST((election.reason().why == Why::higher_term));
}

BOOST_AUTO_TEST_CASE(nobody_is_preempted_unless_it_was_asked_for) { // 3.6
    Message better = idle();
    better.priority = 200;
    for (int beat = 0; beat < 150; ++beat) {
        hear(bravo, better);
        answer(charlie, grant(request(RequestKind::renew, held, now.boot)));
        pass(100ms);
    }
    BOOST_TEST((election.role() == Role::active));
}

BOOST_AUTO_TEST_CASE(a_ready_node_of_higher_priority_takes_over_after_the_delay) { // 3.6
    feed(Adjusted{.preempt = true, .preempt_delay = 1s, .priority = 100});
    Message better = idle();
    better.priority = 200;
    better.eligible = false;
    hear(bravo, better);
    better.eligible = true;
    const Instant ready_since = now.boot;
    while (now.boot < ready_since + 900ms) {
        hear(bravo, better);
        answer(charlie, grant(request(RequestKind::renew, held, now.boot)));
        tick_at(now.boot + 100ms);
    }
    hear(bravo, better);
    BOOST_TEST((election.role() == Role::active));
    tick_at(ready_since + 1s - 1ns);
    BOOST_TEST(!did<action::Withdraw>());
    tick_at(ready_since + 1s);
    BOOST_TEST((election.reason().why == Why::preempted));
    withdrawn();
    BOOST_TEST((last_sent().successor == bravo));
}

BOOST_AUTO_TEST_CASE(the_place_of_the_primary_database_moves_the_vips_where_priority_alone_does_not) { // prefer_primary
    feed(Adjusted{.preempt = true, .preempt_delay = 0s, .preempt_margin = near_primary_bonus / 2, .priority = 100});
    Message better = idle();
    better.priority = 1'000'000;
    hear(bravo, better);
    BOOST_TEST((election.role() == Role::active));
    better.priority = 1 + near_primary_bonus;
    hear(bravo, better);
    BOOST_TEST((election.reason().why == Why::preempted));
    BOOST_TEST(election.reason().words.view() == "bravo is where the primary database is, and is ready");
}

BOOST_AUTO_TEST_CASE(an_earlier_start_is_no_reason_to_move_the_vips) { // 3.6, only priority
    feed(Adjusted{.preempt = true, .preempt_delay = 0s, .priority = 100});
    Message earlier = idle();
    earlier.started_unix_ns = 1;
    hear(bravo, earlier);
    BOOST_TEST((election.role() == Role::active));
    earlier.priority = 101;
    earlier.ranks_last = true;
    hear(bravo, earlier);
    BOOST_TEST((election.role() == Role::active));
}

BOOST_AUTO_TEST_SUITE_END()
