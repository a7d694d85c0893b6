// How a node becomes the holder: its turn, the pre-vote, the vote (DESIGN sections 3.1 and 3.4).
#include "tested_node.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

BOOST_FIXTURE_TEST_SUITE(election_candidate, TestedNode)

BOOST_AUTO_TEST_CASE(with_a_longer_promise_all_that_rests_on_it_is_longer_but_the_lease) { // 4.3
    Setup setup = alpha_setup();
    setup.parameters.promise = 2500ms;
    TestedNode node(setup);
    BOOST_TEST((node.election.acceptor().abstains_until() == start + 2500ms));
    node.now.boot = start + 2500ms;
    node.meet();
    node.tick_at(node.now.boot + 100ms);
    node.answer(bravo, grant(node.asked(RequestKind::pre_vote), 2500ms));
    node.answer(bravo, grant(node.asked(RequestKind::vote), 2500ms));
    BOOST_REQUIRE(node.election.lease().has_value());
    BOOST_TEST((node.election.lease()->until() == node.now.boot + lease_worth));
    BOOST_TEST((node.election.acceptor().last_promise()->until == node.now.boot + 2500ms)); // its own vote
    TestedNode acceptor(setup);
    acceptor.now.boot = start + 2500ms;
    acceptor.ask(bravo, RequestKind::vote, ballot(7, bravo));
    BOOST_TEST((acceptor.last_answer(bravo).value().promised == 2500ms));
    acceptor.now.boot = start + 4999ms;
    acceptor.ask(charlie, RequestKind::vote, ballot(8, charlie));
    BOOST_TEST((acceptor.last_answer(charlie).value().verdict == Verdict::promised));
}

BOOST_AUTO_TEST_CASE(it_asks_for_nothing_while_it_abstains) { // 3.1
    meet();
    now.boot = start + lease_length - 1ns;
    meet();
    BOOST_TEST((election.role() == Role::joining));
    BOOST_TEST(!has_asked(RequestKind::pre_vote));
    BOOST_TEST((election.obstacle(now.boot).value().why == Why::started));
    tick_at(start + lease_length);
    BOOST_TEST((election.role() == Role::standby));
}

BOOST_AUTO_TEST_CASE(a_remembered_longer_lease_lengthens_the_abstention) { // 3.1
    Setup setup = alpha_setup();
    setup.abstention = 2s;
    TestedNode longer(setup);
    longer.now.boot = start + 2s - 1ns;
    longer.ask(bravo, RequestKind::vote, ballot(5, bravo));
    BOOST_TEST((longer.last_answer(bravo).value().verdict == Verdict::abstaining));
    setup.abstention = 1ms; // and a shorter one never shortens it
    TestedNode shorter(setup);
    shorter.now.boot = start + lease_length - 1ns;
    shorter.ask(bravo, RequestKind::vote, ballot(5, bravo));
    BOOST_TEST((shorter.last_answer(bravo).value().verdict == Verdict::abstaining));
}

BOOST_AUTO_TEST_CASE(a_pre_vote_comes_first_and_obliges_nobody) { // 3.4
    campaign();
    BOOST_TEST(has_asked(RequestKind::pre_vote));
    BOOST_TEST(!has_asked(RequestKind::vote));
    BOOST_TEST(!election.acceptor().last_promise());
    answer(bravo, grant(asked(RequestKind::pre_vote)));
    BOOST_TEST((asked(RequestKind::vote).ballot == asked(RequestKind::pre_vote).ballot));
    BOOST_TEST((election.acceptor().last_promise().value().ballot == asked(RequestKind::vote).ballot));
    BOOST_TEST(!election.lease());
}

BOOST_AUTO_TEST_CASE(the_lease_counts_from_before_the_first_request) { // 3.4
    campaign();
    answer(bravo, grant(asked(RequestKind::pre_vote)));
    const Instant first_asked = now.boot;
    tick_at(first_asked + 60ms); // asks charlie and bravo again
    BOOST_TEST((asked(RequestKind::vote).composed_at == first_asked + 60ms));
    answer(bravo, grant(asked(RequestKind::vote), 400ms));
    BOOST_TEST((election.role() == Role::active));
    const auto serve = all<action::Serve>();
    BOOST_REQUIRE(serve.size() == 1U);
    BOOST_TEST((serve[0].until == first_asked + 376ms));
    BOOST_TEST(!serve[0].after_release);
}

BOOST_AUTO_TEST_CASE(late_votes_are_ignored_and_the_round_is_released) { // 3.4, W(1-D)
    campaign();
    answer(bravo, grant(asked(RequestKind::pre_vote)));
    const Request vote = asked(RequestKind::vote);
    tick_at(vote.composed_at + 148'500us);
    BOOST_TEST(contains(last_sent().released, vote.ballot));
    BOOST_TEST(!election.acceptor().promise(now.boot));
    answer(bravo, grant(vote));
    BOOST_TEST(!election.lease());
    BOOST_TEST(!did<action::Serve>());
}

BOOST_AUTO_TEST_CASE(a_vote_at_the_deadline_is_too_late_even_before_a_tick) { // 3.4
    campaign();
    answer(bravo, grant(asked(RequestKind::pre_vote)));
    const Request vote = asked(RequestKind::vote);
    now.boot = vote.composed_at + 148'500us;
    answer(bravo, grant(vote));
    BOOST_TEST(!did<action::Serve>());
}

BOOST_AUTO_TEST_CASE(a_round_that_cannot_be_won_is_released_at_once) { // 3.4
    campaign();
    answer(bravo, grant(asked(RequestKind::pre_vote)));
    const Request vote = asked(RequestKind::vote);
    answer(bravo, refuse(vote, Verdict::promised, 9, 300ms));
    BOOST_TEST(!contains(last_sent().released, vote.ballot));
    answer(charlie, refuse(vote, Verdict::promised, 9, 300ms));
    BOOST_TEST(contains(last_sent(bravo).released, vote.ballot));
    BOOST_TEST(contains(last_sent(charlie).released, vote.ballot));
    BOOST_TEST(election.highest_term() == 9U);
    forget(); // it comes again when a refuser may grant, with a higher term
    meet();
    tick_at(now.boot + 299ms);
    BOOST_TEST(!has_asked(RequestKind::pre_vote));
    for (int beat = 0; beat < 5; ++beat) {
        meet();
        pass(100ms);
    }
    BOOST_TEST(asked(RequestKind::pre_vote).ballot.term == 10U);
}

BOOST_AUTO_TEST_CASE(the_term_is_above_all_that_was_seen) { // section 2, "term"
    Message message = idle();
    message.highest_term = 41;
    hear(bravo, message);
    campaign();
    BOOST_TEST(asked(RequestKind::pre_vote).ballot.term == 42U);
    BOOST_TEST((asked(RequestKind::pre_vote).ballot.same_proposer(ballot(1, alpha))));
}

BOOST_AUTO_TEST_CASE(the_term_grows_with_the_wall_clock) { // section 2, "term"
    now.unix_time = std::chrono::seconds(1'700'000'000) + 500ms;
    campaign();
    BOOST_TEST(asked(RequestKind::pre_vote).ballot.term == (Term{1'700'000'000} << 16U) + 0x8000U);
}

BOOST_AUTO_TEST_CASE(an_absurd_wall_clock_leaves_room_for_terms) { // section 2, "term"
    now.unix_time = belay::Duration::max();
    campaign();
    BOOST_TEST(asked(RequestKind::pre_vote).ballot.term < Term{1} << 56U);
    TestedNode before_1970;
    before_1970.now.unix_time = -5s;
    before_1970.campaign();
    BOOST_TEST(before_1970.asked(RequestKind::pre_vote).ballot.term == 1U);
}

BOOST_AUTO_TEST_CASE(the_second_best_waits_one_heartbeat_longer) { // 3.4, k*h with jitter
    Message better = idle();
    better.priority = 200;
    now.boot = start + lease_length;
    hear(bravo, better);
    hear(charlie, idle());
    tick_at(start + lease_length + 200ms - 1ns);
    BOOST_TEST(!has_asked(RequestKind::pre_vote));
    pass(50ms); // the jitter is below half a heartbeat
    BOOST_TEST(has_asked(RequestKind::pre_vote));
}

BOOST_AUTO_TEST_CASE(the_third_best_waits_two_heartbeats_longer) { // 3.4
    Message better = idle();
    better.priority = 200;
    now.boot = start + lease_length;
    hear(bravo, better);
    hear(charlie, better);
    tick_at(start + lease_length + 300ms - 1ns);
    BOOST_TEST(!has_asked(RequestKind::pre_vote));
    pass(50ms);
    BOOST_TEST(has_asked(RequestKind::pre_vote));
}

BOOST_AUTO_TEST_CASE(without_a_majority_in_sight_it_does_not_ask) { // 3.4
    pass(5s);
    BOOST_TEST((election.role() == Role::standby));
    BOOST_TEST(!has_asked(RequestKind::pre_vote));
}

BOOST_AUTO_TEST_CASE(while_it_is_bound_to_another_it_does_not_compete) { // 3.4, "whose promise is over"
    now.boot = start + lease_length;
    meet();
    ask(bravo, RequestKind::vote, ballot(5, bravo));
    for (int beat = 0; beat < 4; ++beat) {
        pass(100ms);
        meet();
    }
    pass(100ms - 1ns);
    BOOST_TEST(!has_asked(RequestKind::pre_vote));
    pass(1ns);
    meet();
    BOOST_TEST(has_asked(RequestKind::pre_vote)); // at once: its own promise tells that there was a holder
}

BOOST_AUTO_TEST_CASE(a_witness_is_no_candidate) {
    Setup setup = alpha_setup();
    setup.nodes[0].witness = true;
    TestedNode witness(setup);
    witness.campaign();
    witness.pass(300ms);
    BOOST_TEST(!witness.has_asked(RequestKind::pre_vote));
    witness.ask(bravo, RequestKind::vote, ballot(5, bravo));
    BOOST_TEST((witness.last_answer(bravo).value().verdict == Verdict::granted));
}

BOOST_AUTO_TEST_SUITE_END()
