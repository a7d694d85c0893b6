#include "belay/daemon/queried.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(queried)

using belay::NodeId;
using belay::daemon::nobody_can_query;

BOOST_AUTO_TEST_CASE(one_answer_is_enough) {
    BOOST_TEST(!nobody_can_query({{NodeId{1}, false}, {NodeId{2}, true}}, 3));
    BOOST_TEST(nobody_can_query({{NodeId{1}, false}, {NodeId{2}, false}}, 3));
}

BOOST_AUTO_TEST_CASE(a_minority_does_not_count) {
    BOOST_TEST(!nobody_can_query({}, 3));
    BOOST_TEST(!nobody_can_query({}, 1));
    BOOST_TEST(nobody_can_query({{NodeId{1}, false}}, 3)); // with this node it is a majority
    BOOST_TEST(!nobody_can_query({{NodeId{1}, false}}, 4));
    BOOST_TEST(nobody_can_query({{NodeId{1}, false}}, 2));
}

BOOST_AUTO_TEST_SUITE_END()
