// The voter's rules, one case each (DESIGN sections 3.1, 3.2, 3.4, 3.5).
#include "belay/core/acceptor.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Voter {
    Acceptor acceptor{start, lease_length};
    Instant now = start + lease_length;

    Answer ask(RequestKind kind, const Ballot& wanted) {
        return acceptor.answer(now, request(kind, wanted), lease_length);
    }

    Verdict vote(const Ballot& wanted) { return ask(RequestKind::vote, wanted).verdict; }

    Verdict renew(const Ballot& wanted) { return ask(RequestKind::renew, wanted).verdict; }

    [[nodiscard]] Instant promised_until() const { return acceptor.last_promise().value().until; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(acceptor, Voter)

BOOST_AUTO_TEST_CASE(nobody_gets_a_vote_during_the_abstention) { // 3.1
    now = start + lease_length - 1ns;
    const Answer early = ask(RequestKind::vote, ballot(5, alpha));
    BOOST_TEST((early.verdict == Verdict::abstaining));
    BOOST_TEST((early.remaining == 1ns));
    BOOST_TEST((ask(RequestKind::pre_vote, ballot(5, alpha)).verdict == Verdict::abstaining));
    BOOST_TEST(!acceptor.last_promise());
    now += 1ns;
    BOOST_TEST((vote(ballot(5, alpha)) == Verdict::granted));
}

BOOST_AUTO_TEST_CASE(an_abstention_longer_than_the_lease_is_kept) { // 3.1, "the largest L this node may have promised"
    acceptor = Acceptor(start, 2s);
    now = start + 2s - 1ns;
    BOOST_TEST((vote(ballot(5, alpha)) == Verdict::abstaining));
    now += 1ns;
    BOOST_TEST((vote(ballot(5, alpha)) == Verdict::granted));
}

BOOST_AUTO_TEST_CASE(renewals_are_answered_from_one_voting_round_after_the_start) { // 3.1, W
    now = start + voting_round_max - 1ns;
    const Answer early = ask(RequestKind::renew, ballot(5, alpha));
    BOOST_TEST((early.verdict == Verdict::abstaining));
    BOOST_TEST((early.remaining == 1ns));
    now += 1ns;
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST((vote(ballot(6, bravo)) == Verdict::abstaining)); // votes still are not
}

BOOST_AUTO_TEST_CASE(a_promise_runs_for_a_lease_and_is_told) { // 3.2
    const Request asked = request(RequestKind::vote, ballot(5, alpha), Instant(77s));
    const Answer said = acceptor.answer(now, asked, lease_length);
    BOOST_TEST((said == grant(asked, lease_length)));
    BOOST_TEST((acceptor.promise(now + lease_length - 1ns).value().ballot == ballot(5, alpha)));
    BOOST_TEST(!acceptor.promise(now + lease_length));
}

BOOST_AUTO_TEST_CASE(a_promise_binds_to_the_exact_ballot) { // section 2, "ballot"
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    now += 100ms;
    const Answer other = ask(RequestKind::vote, ballot(5, bravo));
    BOOST_TEST((other.verdict == Verdict::promised));
    BOOST_TEST(other.bound_term == 5U);
    BOOST_TEST((other.remaining == 400ms));
    BOOST_TEST((renew(ballot(5, bravo)) == Verdict::promised));
    BOOST_TEST((renew(ballot(5, alpha, 2)) == Verdict::promised)); // another run is another candidate
    BOOST_TEST((vote(ballot(9, bravo)) == Verdict::promised));     // whatever its term
    BOOST_TEST((renew(ballot(9, bravo)) == Verdict::promised));
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::granted));
}

BOOST_AUTO_TEST_CASE(a_free_acceptor_takes_only_a_higher_term) { // 3.2, 3.4
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    now += lease_length;
    BOOST_TEST((vote(ballot(5, bravo)) == Verdict::old_term));
    BOOST_TEST((vote(ballot(4, bravo)) == Verdict::old_term));
    BOOST_TEST((renew(ballot(4, bravo)) == Verdict::old_term));
    BOOST_TEST((vote(ballot(5, alpha)) == Verdict::old_term)); // a vote is no renewal: the round is long over
    BOOST_TEST((vote(ballot(6, bravo)) == Verdict::granted));
    BOOST_TEST(acceptor.highest_term() == 6U);
}

BOOST_AUTO_TEST_CASE(a_renewal_moves_the_end_of_the_promise) { // 3.2
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    now += 100ms;
    BOOST_REQUIRE((renew(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST((promised_until() == now + lease_length));
}

BOOST_AUTO_TEST_CASE(the_same_ballot_is_renewed_after_its_promise_ran_out) { // 3.2, "to that same ballot"
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    now += 2 * lease_length;
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST((promised_until() == now + lease_length));
}

BOOST_AUTO_TEST_CASE(a_repeated_vote_gets_the_same_answer_and_no_longer_promise) { // 3.4
    const Answer first = ask(RequestKind::vote, ballot(5, alpha));
    const Instant until = promised_until();
    now += 50ms;
    BOOST_TEST((ask(RequestKind::vote, ballot(5, alpha)) == first));
    BOOST_TEST((promised_until() == until));
}

BOOST_AUTO_TEST_CASE(a_pre_vote_changes_nothing) { // 3.4, "without obligation"
    BOOST_TEST((ask(RequestKind::pre_vote, ballot(9, alpha)).verdict == Verdict::granted));
    BOOST_TEST(!acceptor.last_promise());
    BOOST_TEST(acceptor.highest_term() == 0U);
    BOOST_TEST((vote(ballot(5, bravo)) == Verdict::granted));
    BOOST_TEST((ask(RequestKind::pre_vote, ballot(9, alpha)).verdict == Verdict::promised));
}

BOOST_AUTO_TEST_CASE(a_newer_ballot_of_the_same_run_takes_the_promise_over) { // 3.3, voting while it holds
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST((vote(ballot(4, alpha)) == Verdict::old_term));
    BOOST_TEST((vote(ballot(6, alpha)) == Verdict::granted));
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::old_term));
    BOOST_TEST((renew(ballot(6, alpha)) == Verdict::granted));
    BOOST_TEST((vote(ballot(7, alpha, 2)) == Verdict::promised));
    BOOST_TEST((vote(ballot(7, bravo)) == Verdict::promised));
}

BOOST_AUTO_TEST_CASE(a_released_ballot_is_free_and_never_taken_again) { // 3.5, "however late"
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST(acceptor.release(now, ballot(5, alpha)));
    BOOST_TEST(!acceptor.promise(now));
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::old_term));
    BOOST_TEST((vote(ballot(5, alpha)) == Verdict::old_term));
    BOOST_TEST((vote(ballot(6, bravo)) == Verdict::granted));
}

BOOST_AUTO_TEST_CASE(a_release_sets_a_floor_even_where_nothing_was_promised) { // 3.5, a release before its request
    BOOST_TEST(!acceptor.release(now, ballot(5, alpha)));
    BOOST_TEST((vote(ballot(5, alpha)) == Verdict::old_term));
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::old_term));
    BOOST_TEST((vote(ballot(4, bravo)) == Verdict::old_term));
    BOOST_TEST(acceptor.highest_term() == 5U);
}

BOOST_AUTO_TEST_CASE(a_promise_that_ran_out_is_not_renewed_once_released) { // 3.5
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    now += 2 * lease_length;
    BOOST_TEST(!acceptor.release(now, ballot(5, alpha))); // nothing running ended by it
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::old_term));
}

BOOST_AUTO_TEST_CASE(only_the_exact_ballot_is_released) { // 3.5, "exactly that ballot"
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST(!acceptor.release(now, ballot(5, bravo)));
    BOOST_TEST(!acceptor.release(now, ballot(5, alpha, 2)));
    BOOST_TEST(!acceptor.release(now, ballot(4, alpha)));
    BOOST_TEST(!acceptor.release(now, ballot(8, bravo)));
    BOOST_TEST((acceptor.promise(now).value().ballot == ballot(5, alpha)));
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::granted));
}

BOOST_AUTO_TEST_CASE(a_later_run_of_the_same_boot_and_namespace_frees_the_promise) { // 3.5
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST(!acceptor.release_earlier_runs(now, bravo, incarnation(alpha, 2)));
    BOOST_TEST(!acceptor.release_earlier_runs(now, alpha, incarnation(alpha, 0)));
    BOOST_TEST(!acceptor.release_earlier_runs(now, alpha, incarnation(alpha, 1)));
    BOOST_TEST(acceptor.release_earlier_runs(now, alpha, incarnation(alpha, 2)));
    BOOST_TEST(!acceptor.promise(now));
    BOOST_TEST((renew(ballot(5, alpha)) == Verdict::old_term));
}

BOOST_AUTO_TEST_CASE(a_run_of_another_boot_or_namespace_frees_nothing) { // 3.5, "wait for the promise"
    BOOST_REQUIRE((vote(ballot(5, alpha)) == Verdict::granted));
    BOOST_TEST(!acceptor.release_earlier_runs(now, alpha, incarnation(alpha, 2, 2)));
    Incarnation elsewhere = incarnation(alpha, 2);
    elsewhere.netns_cookie = 8;
    BOOST_TEST(!acceptor.release_earlier_runs(now, alpha, elsewhere));
    BOOST_TEST(acceptor.promise(now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
