// Majorities: a question is won, lost or still open.
#include "belay/core/quorum.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;

BOOST_AUTO_TEST_SUITE(quorum)

BOOST_AUTO_TEST_CASE(two_majorities_always_share_a_node) {
    for (std::size_t nodes = 1; nodes <= 15; ++nodes) {
        BOOST_TEST(2 * majority(nodes) > nodes);
        BOOST_TEST(2 * (majority(nodes) - 1) <= nodes); // and none is larger than it must be
    }
    BOOST_TEST(majority(2) == 2U);
    BOOST_TEST(majority(3) == 2U);
    BOOST_TEST(majority(4) == 3U);
    BOOST_TEST(majority(5) == 3U);
}

BOOST_AUTO_TEST_CASE(a_majority_wins_however_many_refuse) {
    BOOST_TEST((outcome(2, 0, 3) == Outcome::won));
    BOOST_TEST((outcome(2, 1, 3) == Outcome::won));
    BOOST_TEST((outcome(3, 2, 5) == Outcome::won));
}

BOOST_AUTO_TEST_CASE(it_is_lost_when_the_silent_cannot_turn_it) {
    BOOST_TEST((outcome(0, 2, 3) == Outcome::lost));
    BOOST_TEST((outcome(1, 2, 4) == Outcome::lost)); // half of four is no majority
    BOOST_TEST((outcome(1, 1, 2) == Outcome::lost));
}

BOOST_AUTO_TEST_CASE(it_is_open_as_long_as_it_could_go_either_way) {
    BOOST_TEST((outcome(0, 0, 3) == Outcome::pending));
    BOOST_TEST((outcome(1, 1, 3) == Outcome::pending));
    BOOST_TEST((outcome(2, 2, 5) == Outcome::pending));
    BOOST_TEST((outcome(1, 0, 2) == Outcome::pending));
}

BOOST_AUTO_TEST_SUITE_END()
