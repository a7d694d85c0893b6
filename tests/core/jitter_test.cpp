// Small delays from a seed, so that a run can be repeated.
#include "belay/core/jitter.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace belay::core;
using namespace belay::core::testing;

BOOST_AUTO_TEST_SUITE(jitter)

BOOST_AUTO_TEST_CASE(one_seed_gives_one_sequence_and_another_another) {
    Jitter first(42);
    Jitter again(42);
    Jitter other(43);
    unsigned differing = 0;
    for (int turn = 0; turn < 100; ++turn) {
        const belay::Duration delay = first.below(1s);
        BOOST_TEST((delay == again.below(1s)));
        differing += delay == other.below(1s) ? 0U : 1U;
    }
    BOOST_TEST(differing > 90U);
}

BOOST_AUTO_TEST_CASE(it_stays_below_the_span_and_fills_it) {
    Jitter jitter(1);
    std::set<belay::Duration> seen;
    for (int turn = 0; turn < 1000; ++turn) {
        const belay::Duration delay = jitter.below(10ns);
        BOOST_TEST((delay >= 0ns && delay < 10ns));
        seen.insert(delay);
    }
    BOOST_TEST(seen.size() == 10U);
}

BOOST_AUTO_TEST_CASE(no_span_no_delay) {
    Jitter jitter(1);
    BOOST_TEST((jitter.below(0ns) == 0ns));
    BOOST_TEST((jitter.below(-1s) == 0ns));
}

BOOST_AUTO_TEST_SUITE_END()
