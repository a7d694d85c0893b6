// Who goes first: not ranking last, higher priority, earlier start, name (DESIGN section 3.4).
#include "belay/core/candidates.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Field {
    Candidate first{.id = alpha, .name = "alpha", .priority = 100, .started_unix_ns = 1000};
    Candidate second{.id = bravo, .name = "bravo", .priority = 100, .started_unix_ns = 1000};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(candidates, Field)

BOOST_AUTO_TEST_CASE(the_name_decides_between_equals) {
    BOOST_TEST(goes_before(first, second));
    BOOST_TEST(!goes_before(second, first));
    BOOST_TEST(!goes_before(first, first));
}

BOOST_AUTO_TEST_CASE(the_earlier_start_counts_more_than_the_name) {
    second.started_unix_ns = 999;
    BOOST_TEST(goes_before(second, first));
    BOOST_TEST(!goes_before(first, second));
}

BOOST_AUTO_TEST_CASE(the_higher_priority_counts_more_than_the_start) {
    first.started_unix_ns = 1;
    second.priority = 101;
    BOOST_TEST(goes_before(second, first));
    BOOST_TEST(!goes_before(first, second));
}

BOOST_AUTO_TEST_CASE(who_lost_a_lease_lately_goes_behind_all_others) {
    first.priority = 1000;
    first.ranks_last = true;
    BOOST_TEST(goes_before(second, first));
    BOOST_TEST(!goes_before(first, second));
    second.ranks_last = true;
    BOOST_TEST(goes_before(first, second)); // among those the usual order holds
}

BOOST_AUTO_TEST_CASE(the_rank_counts_who_goes_before) {
    const Candidate third{.id = charlie, .name = "charlie", .priority = 200};
    BOOST_TEST(rank_of(third, {first, second}) == 0U);
    BOOST_TEST(rank_of(first, {second, third}) == 1U);
    BOOST_TEST(rank_of(second, {first, third}) == 2U);
    BOOST_TEST(rank_of(first, {}) == 0U);
    BOOST_TEST((best_of({second, third, first}).value().id == charlie));
    BOOST_TEST(!best_of({}));
}

BOOST_AUTO_TEST_SUITE_END()
