// The drift that two clocks may have (DESIGN section 3, D).
#include "belay/core/parameters.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;
using namespace belay::core::testing;

BOOST_AUTO_TEST_SUITE(parameters_rules)

BOOST_AUTO_TEST_CASE(a_foreign_span_is_worth_less_by_the_drift) {
    BOOST_TEST((less_drift(500ms, Parameters{}) == 495ms));
    BOOST_TEST((less_drift(150ms, Parameters{}) == 148'500us));
    BOOST_TEST((less_drift(0ms, Parameters{}) == 0ms));
    BOOST_TEST((less_drift(500ms, {.clock_drift_ppm = 0}) == 500ms));
    BOOST_TEST((less_drift(1h, {.clock_drift_ppm = 500'000}) == 30min)); // no overflow on the way
}

BOOST_AUTO_TEST_CASE(a_promise_is_never_shorter_than_a_lease) { // 4.3
    BOOST_TEST((promise_span(Parameters{}) == lease_length));
    BOOST_TEST((promise_span({.lease = 500ms, .promise = 2500ms}) == 2500ms));
    BOOST_TEST((promise_span({.lease = 500ms, .promise = 400ms}) == 500ms));
}

BOOST_AUTO_TEST_SUITE_END()
