// A ballot is a term, a node and a run, never a bare term (DESIGN section 2).
#include "belay/core/ballot.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;
using namespace belay::core::testing;

BOOST_AUTO_TEST_SUITE(ballots)

BOOST_AUTO_TEST_CASE(all_three_parts_count) {
    BOOST_TEST((ballot(5, alpha) == ballot(5, alpha)));
    BOOST_TEST((ballot(5, alpha) != ballot(6, alpha)));
    BOOST_TEST((ballot(5, alpha) != ballot(5, bravo)));
    BOOST_TEST((ballot(5, alpha, 1) != ballot(5, alpha, 2)));
}

BOOST_AUTO_TEST_CASE(term_zero_is_no_ballot) {
    BOOST_TEST(!Ballot{}.known());
    BOOST_TEST(ballot(1, alpha).known());
}

BOOST_AUTO_TEST_CASE(a_proposer_is_a_node_in_one_run) {
    BOOST_TEST(ballot(5, alpha).same_proposer(ballot(9, alpha)));
    BOOST_TEST(!ballot(5, alpha).same_proposer(ballot(5, alpha, 2)));
    BOOST_TEST(!ballot(5, alpha).same_proposer(ballot(5, bravo)));
}

BOOST_AUTO_TEST_SUITE_END()
