// One question to all nodes: which answers count, until when, and what is left to wait for (DESIGN section 3.4).
#include "belay/core/round.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Asking {
    Parameters parameters;
    Request asked = request(RequestKind::vote, ballot(5, alpha));
    Round round{RequestKind::vote, ballot(5, alpha), start, three_nodes(), parameters};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(round_rules, Asking)

BOOST_AUTO_TEST_CASE(it_ends_one_voting_round_less_the_drift_after_the_first_request) { // W(1-D)
    BOOST_TEST((round.deadline() == start + 148'500us));
}

BOOST_AUTO_TEST_CASE(it_never_outlasts_the_lease_that_it_could_win) {
    parameters.lease = 100ms;
    const Round quick(RequestKind::vote, ballot(5, alpha), start, three_nodes(), parameters);
    BOOST_TEST((quick.deadline() == start + 79ms));
}

BOOST_AUTO_TEST_CASE(a_vote_at_the_deadline_is_late) {
    BOOST_TEST(round.record(round.deadline() - 1ns, alpha, grant(asked)));
    BOOST_TEST(!round.record(round.deadline(), bravo, grant(asked)));
    BOOST_TEST((round.outcome() == Outcome::pending));
}

BOOST_AUTO_TEST_CASE(a_majority_wins_and_two_refusals_lose) {
    BOOST_TEST(round.record(start, alpha, grant(asked)));
    BOOST_TEST((round.outcome() == Outcome::pending));
    BOOST_TEST(round.record(start, bravo, refuse(asked, Verdict::promised, 9, 300ms)));
    BOOST_TEST((round.outcome() == Outcome::pending));
    BOOST_TEST(round.record(start, charlie, grant(asked)));
    BOOST_TEST((round.outcome() == Outcome::won));
    BOOST_TEST(round.highest_bound_term() == 9U);

    Round lost(RequestKind::vote, ballot(5, alpha), start, three_nodes(), parameters);
    BOOST_TEST(lost.record(start, bravo, refuse(asked, Verdict::promised, 9, 300ms)));
    BOOST_TEST(lost.record(start, charlie, refuse(asked, Verdict::promised, 7, 200ms)));
    BOOST_TEST((lost.outcome() == Outcome::lost));
    BOOST_TEST(lost.highest_bound_term() == 9U);
}

BOOST_AUTO_TEST_CASE(one_voter_counts_once) {
    BOOST_TEST(round.record(start, bravo, grant(asked)));
    BOOST_TEST(!round.record(start, bravo, grant(asked)));
    BOOST_TEST(!round.record(start, bravo, refuse(asked, Verdict::old_term, 9, 0ms))); // overtaken on its way
    BOOST_TEST((round.outcome() == Outcome::pending));
}

BOOST_AUTO_TEST_CASE(answers_to_anything_else_do_not_count) {
    const auto counts = [this](const Request& other) { return round.record(start, bravo, grant(other)); };
    BOOST_TEST(!counts(request(RequestKind::pre_vote, ballot(5, alpha))));
    BOOST_TEST(!counts(request(RequestKind::renew, ballot(5, alpha))));
    BOOST_TEST(!counts(request(RequestKind::vote, ballot(4, alpha))));
    BOOST_TEST(!counts(request(RequestKind::vote, ballot(5, alpha, 2))));
    BOOST_TEST(!counts(request(RequestKind::vote, ballot(5, alpha), start - 1ns))); // an earlier round's
    BOOST_TEST(!round.record(start, node_id("stranger"), grant(asked)));
    BOOST_TEST(round.unanswered(bravo));
}

BOOST_AUTO_TEST_CASE(who_did_not_answer_is_asked_again) {
    BOOST_TEST(round.record(start, bravo, grant(asked)));
    BOOST_TEST(!round.unanswered(bravo));
    BOOST_TEST(round.unanswered(charlie));
    BOOST_TEST(!round.unanswered(node_id("stranger")));
}

BOOST_AUTO_TEST_CASE(the_shortest_promise_of_those_who_granted_counts) {
    BOOST_TEST(round.record(start, alpha, grant(asked, 500ms)));
    BOOST_TEST(round.record(start, bravo, grant(asked, 300ms)));
    BOOST_TEST(round.record(start, charlie, refuse(asked, Verdict::promised, 9, 1ms)));
    BOOST_TEST((round.shortest_promise() == 300ms));
}

BOOST_AUTO_TEST_CASE(a_lost_round_waits_until_enough_refusers_may_grant) {
    BOOST_TEST((round.wait_told() == 0ms));
    BOOST_TEST(round.record(start, alpha, grant(asked)));
    BOOST_TEST(round.record(start, bravo, refuse(asked, Verdict::promised, 9, 300ms)));
    BOOST_TEST(round.record(start, charlie, refuse(asked, Verdict::promised, 9, 200ms)));
    BOOST_TEST((round.wait_told() == 200ms)); // one more vote is enough
}

BOOST_AUTO_TEST_CASE(without_any_vote_it_waits_for_the_second_refuser) {
    BOOST_TEST(round.record(start, bravo, refuse(asked, Verdict::promised, 9, 300ms)));
    BOOST_TEST(round.record(start, charlie, refuse(asked, Verdict::promised, 9, 200ms)));
    BOOST_TEST((round.wait_told() == 300ms));
}

BOOST_AUTO_TEST_SUITE_END()
