// The released ballots that travel in every message (DESIGN section 3.5).
#include "belay/core/releases.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;
using namespace belay::core::testing;

BOOST_AUTO_TEST_SUITE(releases_known)

BOOST_AUTO_TEST_CASE(own_ones_come_first_the_newest_in_front) {
    Releases releases;
    BOOST_TEST(releases.add_heard(ballot(9, bravo)));
    releases.add_own(ballot(5, alpha));
    releases.add_own(ballot(6, alpha));
    const ReleaseList list = releases.list();
    BOOST_REQUIRE(list.count == 3U);
    BOOST_TEST((list.ballots[0] == ballot(6, alpha)));
    BOOST_TEST((list.ballots[1] == ballot(5, alpha)));
    BOOST_TEST((list.ballots[2] == ballot(9, bravo)));
}

BOOST_AUTO_TEST_CASE(the_oldest_makes_room_and_the_list_never_overflows) {
    Releases releases;
    for (Term term = 1; term <= 6; ++term) {
        BOOST_TEST(releases.add_heard(ballot(term, bravo)));
        releases.add_own(ballot(10 + term, alpha));
    }
    const ReleaseList list = releases.list();
    BOOST_REQUIRE(list.count == ReleaseList::count_max);
    BOOST_TEST((list.ballots.front() == ballot(16, alpha)));
    BOOST_TEST((list.ballots.back() == ballot(13, alpha)));
}

BOOST_AUTO_TEST_CASE(what_is_known_is_not_news) {
    Releases releases;
    releases.add_own(ballot(5, alpha));
    releases.add_own(ballot(5, alpha));
    BOOST_TEST(!releases.add_heard(ballot(5, alpha)));
    BOOST_TEST(releases.add_heard(ballot(5, bravo)));
    BOOST_TEST(!releases.add_heard(ballot(5, bravo)));
    BOOST_TEST(!releases.add_heard(Ballot{}));
    BOOST_TEST(releases.list().count == 2U);
}

BOOST_AUTO_TEST_CASE(a_list_is_searched_by_exact_ballot_and_by_node) {
    Releases releases;
    releases.add_own(ballot(5, alpha));
    releases.add_own(ballot(3, alpha));
    BOOST_TEST(releases.add_heard(ballot(9, bravo)));
    BOOST_TEST(contains(releases.list(), ballot(5, alpha)));
    BOOST_TEST(!contains(releases.list(), ballot(5, bravo)));
    BOOST_TEST(!contains(releases.list(), ballot(5, alpha, 2)));
    BOOST_TEST(!contains(ReleaseList{}, Ballot{}));
    BOOST_TEST((newest_of(releases.list(), alpha) == ballot(5, alpha)));
    BOOST_TEST(!newest_of(releases.list(), charlie).known());
}

BOOST_AUTO_TEST_SUITE_END()
