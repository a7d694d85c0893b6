// Two nodes (DESIGN section 3.7): what stands in for the one that is lost. The tested node is alpha or bravo; of two
// claims, bravo's yields.
#include "tested_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

Setup pair_setup(NodeId self, bool upstream) {
    Setup setup = alpha_setup();
    setup.self = self;
    setup.incarnation = incarnation(self);
    setup.nodes.pop_back();
    setup.upstream = upstream;
    return setup;
}

struct Pair : TestedNode {
    NodeId other;

    explicit Pair(NodeId self, bool upstream)
        : TestedNode(pair_setup(self, upstream))
        , other(self == alpha ? bravo : alpha) {}

    /// Past the abstention, with the other one heard just now.
    void begin() {
        now.boot = start + lease_length;
        hear(other, idle());
    }

    void gateway(bool reachable = true) { feed(UpstreamChecked{.reachable = reachable, .asked_at = now.boot}); }

    void probe(ProbeOutcome outcome) { feed(VipProbed{.asked_at = now.boot, .outcome = outcome}); }

    /// The gateway answers and nobody answers for the VIPs, each 100 ms.
    void silence(int count) {
        for (int index = 0; index < count; ++index) {
            pass(100ms);
            gateway();
            probe(ProbeOutcome::unanswered);
        }
    }

    /// This node votes for the other one, which then holds by that ballot.
    Ballot vote_for_other(Term term) {
        const Ballot held = ballot(term, other);
        ask(other, RequestKind::vote, held);
        BOOST_REQUIRE((last_answer(other).value().verdict == Verdict::granted));
        return held;
    }

    void hear_release(const Ballot& released, bool leaving = false) {
        Message message = idle();
        message.released.ballots[0] = released;
        message.released.count = 1;
        message.leaving = leaving;
        hear(other, message);
    }

    [[nodiscard]] bool active() const { return election.role() == Role::active; }

    /// Wins with the vote of the other one.
    void win_vote() {
        tick_at(now.boot + 100ms);
        answer(other, grant(asked(RequestKind::pre_vote)));
        answer(other, grant(asked(RequestKind::vote)));
        BOOST_REQUIRE(active());
    }

    void withdrawn() { feed(Withdrawn{.ballot = all<action::Withdraw>().back().ballot, .acknowledged = true}); }
};

struct Alone : Pair {
    Alone()
        : Pair(bravo, false) {
        begin();
    }
};

struct Alpha : Pair {
    Alpha()
        : Pair(alpha, true) {
        begin();
    }
};

struct Bravo : Pair {
    Bravo()
        : Pair(bravo, true) {
        begin();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(two_nodes_without_a_tiebreaker)

BOOST_FIXTURE_TEST_CASE(it_takes_only_with_the_vote_of_the_other, Alone) {
    pass(1min);
    BOOST_TEST(!active()); // the other one fell silent, and says nothing
    BOOST_TEST(!has_asked(RequestKind::vote));
    hear(other, idle());
    win_vote();
}

BOOST_FIXTURE_TEST_CASE(it_keeps_without_any_answer, Alone) {
    win_vote();
    pass(1h);
    BOOST_TEST(active());
    BOOST_TEST(!did<action::Withdraw>());
}

BOOST_FIXTURE_TEST_CASE(a_release_of_what_it_promised_is_the_right_to_take_at_any_time, Alone) {
    const Ballot held = vote_for_other(7);
    feed(ServiceChanged{{.good = false, .detail = ""}});
    hear_release(held, true);
    pass(1h);
    BOOST_TEST(!active());
    feed(ServiceChanged{{.good = true, .detail = ""}});
    pass(200ms);
    BOOST_TEST(active());
}

BOOST_FIXTURE_TEST_CASE(a_release_of_another_ballot_gives_no_right, Alone) {
    vote_for_other(7);
    hear_release(ballot(6, other));
    pass(1min);
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(a_vote_for_the_other_gives_the_right_away, Alone) {
    feed(ServiceChanged{{.good = false, .detail = ""}});
    hear_release(vote_for_other(7));
    vote_for_other(8);
    feed(ServiceChanged{{.good = true, .detail = ""}});
    pass(1min);
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(a_restart_of_the_holder_on_the_same_boot_is_a_release, Alone) {
    vote_for_other(7);
    feed(Proved{.peer = other, .incarnation = incarnation(other, 2)});
    pass(1s);
    BOOST_TEST(active());
    Pair elsewhere(bravo, false);
    elsewhere.begin();
    elsewhere.vote_for_other(7);
    elsewhere.feed(Proved{.peer = elsewhere.other, .incarnation = incarnation(elsewhere.other, 2, 2)}); // another boot
    elsewhere.pass(1min);
    BOOST_TEST(!elsewhere.active());
}

BOOST_FIXTURE_TEST_CASE(a_holder_whose_lease_ran_out_keeps_the_right_and_releases_nothing, Alone) {
    win_vote();
    pass(10s);
    const Ballot held = election.lease()->ballot();
    tick_at(now.boot + 5s); // stopped for so long
    BOOST_TEST(did<action::Withdraw>());
    withdrawn();
    BOOST_TEST(!contains(last_sent(other).released, held));
    pass(1s);
    BOOST_TEST(active());
    BOOST_TEST((election.lease()->ballot() != held));
}

BOOST_FIXTURE_TEST_CASE(a_kept_right_goes_to_the_other_with_a_stop, Alone) {
    win_vote();
    pass(10s);
    const Ballot held = election.lease()->ballot();
    tick_at(now.boot + 5s);
    withdrawn();
    feed(StopAsked{});
    BOOST_TEST(did<action::Stopped>());
    BOOST_TEST(contains(last_sent(other).released, held));
}

BOOST_FIXTURE_TEST_CASE(who_steps_down_has_no_right_any_more, Alone) {
    win_vote();
    feed(ServiceChanged{{.good = false, .detail = ""}});
    withdrawn();
    feed(ServiceChanged{{.good = true, .detail = ""}});
    pass(1min);
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(an_operator_may_vouch_for_a_silent_node_only, Alone) {
    feed(FencedByOperator{.node = other});
    BOOST_TEST(!all<action::Reply>().back().accepted);
    pass(1s);
    BOOST_TEST(election.waits_for(now.boot).value().contains("belay takeover --i-have-fenced alpha"));
    feed(FencedByOperator{.node = bravo});
    BOOST_TEST(!all<action::Reply>().back().accepted);
    feed(ServiceChanged{{.good = false, .detail = "it is dead"}});
    feed(FencedByOperator{.node = other});
    BOOST_TEST(all<action::Reply>().back().text == "this node cannot serve: it is dead");
    feed(ServiceChanged{{.good = true, .detail = ""}});
    feed(FencedByOperator{.node = other});
    BOOST_TEST(all<action::Reply>().back().accepted);
    BOOST_TEST(active());
    BOOST_TEST((election.reason().why == Why::takeover));
    BOOST_TEST(!election.waits_for(now.boot));
}

BOOST_AUTO_TEST_CASE(with_three_nodes_an_operator_cannot_vouch) {
    TestedNode node;
    node.pass(2s);
    node.feed(FencedByOperator{.node = bravo});
    BOOST_TEST(!node.all<action::Reply>().back().accepted);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(two_nodes_and_a_gateway)

BOOST_FIXTURE_TEST_CASE(the_gateway_keeps_a_holder_for_a_lease_from_the_question, Alpha) {
    win_vote();
    pass(300ms);
    const Instant asked_at = now.boot;
    now.boot += 50ms;
    feed(UpstreamChecked{.reachable = true, .asked_at = asked_at});
    pass(100ms); // the own promise is renewed with a heartbeat
    BOOST_TEST((election.lease()->until() == asked_at + lease_worth));
    for (int index = 0; index < 100; ++index) {
        pass(100ms);
        gateway();
    }
    BOOST_TEST(active());
    gateway(false);
    pass(1s);
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(to_take_it_needs_the_gateway_and_a_long_silence, Alpha) {
    pass(250ms);
    gateway();
    pass(1ms);
    BOOST_REQUIRE(did<action::ProbeVips>());
    BOOST_TEST(all<action::ProbeVips>().back().on);
    BOOST_TEST((all<action::ProbeVips>().back().interval == 100ms));
    silence(10);
    BOOST_TEST(!active());
    silence(1);
    pass(200ms);
    BOOST_TEST(active());
}

BOOST_FIXTURE_TEST_CASE(without_the_gateway_it_does_not_even_ask, Alpha) {
    pass(10s);
    BOOST_TEST(!did<action::ProbeVips>());
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(a_gateway_that_stopped_answering_is_no_vote, Alpha) {
    silence(12);
    pass(50ms);
    Pair late(alpha, true);
    late.begin();
    late.silence(10);
    late.now.boot += 350ms; // the eleventh is unanswered, but the gateway was not heard for long
    late.probe(ProbeOutcome::unanswered);
    BOOST_TEST(!late.active());
}

BOOST_FIXTURE_TEST_CASE(an_answer_for_the_vips_begins_it_again, Alpha) {
    silence(10);
    probe(ProbeOutcome::answered);
    silence(10);
    BOOST_TEST(!active());
    silence(4);
    BOOST_TEST(active());
}

BOOST_FIXTURE_TEST_CASE(of_two_that_ask_the_later_name_yields_for_four_leases, Bravo) {
    silence(5);
    forget();
    probe(ProbeOutcome::rival);
    BOOST_REQUIRE(did<action::ProbeVips>());
    BOOST_TEST(!all<action::ProbeVips>().back().on);
    BOOST_TEST(did<action::Noticed>());
    forget();
    for (int index = 0; index < 19; ++index) {
        pass(100ms);
        gateway();
    }
    BOOST_TEST(!did<action::ProbeVips>());
    pass(100ms);
    gateway();
    pass(1ms);
    BOOST_TEST(did<action::ProbeVips>());
    silence(14);
    BOOST_TEST(active());
}

BOOST_FIXTURE_TEST_CASE(of_two_that_ask_the_earlier_name_goes_on, Alpha) {
    silence(5);
    probe(ProbeOutcome::rival);
    silence(9);
    BOOST_TEST(active());
}

BOOST_FIXTURE_TEST_CASE(a_question_of_a_holder_that_answers_is_no_rival, Bravo) {
    silence(3);
    probe(ProbeOutcome::answered);
    forget();
    probe(ProbeOutcome::rival);
    BOOST_TEST(!did<action::ProbeVips>());
    pass(200ms);
}

BOOST_FIXTURE_TEST_CASE(asking_goes_on_after_taking_and_of_two_claims_the_later_name_drops, Bravo) {
    silence(14);
    BOOST_REQUIRE(active());
    BOOST_TEST(all<action::ProbeVips>().back().on);
    probe(ProbeOutcome::rival); // this node's kernel answers that one
    BOOST_TEST(active());
    probe(ProbeOutcome::answered);
    BOOST_TEST(!active());
    BOOST_TEST((election.reason().why == Why::claimed_twice));
    BOOST_TEST(did<action::Withdraw>());
}

BOOST_FIXTURE_TEST_CASE(of_two_claims_the_earlier_name_stays, Alpha) {
    silence(14);
    BOOST_REQUIRE(active());
    probe(ProbeOutcome::answered);
    BOOST_TEST(active());
    BOOST_TEST(all<action::Noticed>().back().event == "vip_conflict");
}

BOOST_FIXTURE_TEST_CASE(after_a_farewell_the_gateway_votes_at_once, Alpha) {
    gateway();
    const Ballot held = vote_for_other(7);
    hear_release(held, true);
    pass(200ms);
    BOOST_REQUIRE(active());                                // without a long silence at the VIPs
    BOOST_TEST(!all<action::Serve>().back().after_release); // the farewell may be old
    for (int index = 0; index < 20; ++index) {
        pass(100ms);
        gateway();
    }
    BOOST_TEST(active());
    pass(1s);
    BOOST_TEST(!active()); // the other one may have started again and taken with the gateway's vote
}

BOOST_FIXTURE_TEST_CASE(a_farewell_is_no_vote_without_the_gateway, Alpha) {
    hear_release(vote_for_other(7), true);
    pass(10s);
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(a_farewell_of_long_ago_is_none, Alpha) {
    feed(ServiceChanged{.condition = {.good = false, .detail = "it does not answer"}});
    hear_release(vote_for_other(7), true);
    pass(600ms);
    feed(ServiceChanged{.condition = {.good = true, .detail = "well"}});
    gateway();
    pass(200ms);
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(a_release_without_farewell_gives_no_right, Alpha) {
    hear_release(vote_for_other(7));
    pass(10s); // it may have taken again with the gateway
    BOOST_TEST(!active());
}

BOOST_FIXTURE_TEST_CASE(while_the_other_takes_part_its_vote_decides, Alpha) {
    for (int index = 0; index < 20; ++index) {
        hear(other, idle());
        pass(100ms);
        gateway();
        probe(ProbeOutcome::unanswered);
    }
    BOOST_TEST(!active());
    BOOST_TEST(!did<action::ProbeVips>());
}

BOOST_AUTO_TEST_SUITE_END()
