#include "belay/lifecheck/finding.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::lifecheck;

BOOST_AUTO_TEST_SUITE(findings)

BOOST_AUTO_TEST_CASE(a_good_look_at_something_healthy_has_no_count) {
    BOOST_TEST(in_words({.healthy = true, .problem = {}, .in_a_row = 1, .needed = 1}, "query", "answers") ==
               "query answers");
}

BOOST_AUTO_TEST_CASE(a_look_that_does_not_decide_yet_has_one) {
    BOOST_TEST(in_words({.healthy = false, .problem = {}, .in_a_row = 1, .needed = 3}, "query", "answers") ==
               "query answers (1 of 3)");
    BOOST_TEST(in_words({.healthy = {}, .problem = {}, .in_a_row = 2, .needed = 3}, "query", "answers") ==
               "query answers (2 of 3)");
    BOOST_TEST(in_words({.healthy = true, .problem = "it is shy", .in_a_row = 1, .needed = 2}, "pcp", "answers") ==
               "pcp: it is shy (1 of 2)");
}

BOOST_AUTO_TEST_CASE(a_bad_one_keeps_it) {
    BOOST_TEST(in_words({.healthy = false, .problem = "it is shy", .in_a_row = 2, .needed = 2}, "pcp", "answers") ==
               "pcp: it is shy (2 of 2)");
}

BOOST_AUTO_TEST_SUITE_END()
