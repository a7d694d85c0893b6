#include "belay/heartbeat/arrival_time.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using belay::Duration;
using belay::Instant;
using belay::heartbeat::arrival_time;

namespace {

constexpr Instant now(1000s);
constexpr Instant empty_at = now - 100ms;
constexpr Duration wall = 1'700'000'000s;

} // namespace

BOOST_AUTO_TEST_SUITE(arrival)

BOOST_AUTO_TEST_CASE(a_stamp_tells_the_age) {
    BOOST_TEST((arrival_time(now, wall, wall - 30ms, empty_at) == now - 30ms));
    BOOST_TEST((arrival_time(now, wall, wall, empty_at) == now));
}

BOOST_AUTO_TEST_CASE(a_wall_clock_that_was_set_cannot_move_it_out_of_what_is_possible) {
    BOOST_TEST((arrival_time(now, wall, wall + 3600s, empty_at) == now));      // set back
    BOOST_TEST((arrival_time(now, wall, wall - 3600s, empty_at) == empty_at)); // set forward
    BOOST_TEST((arrival_time(now, wall, wall - 30ms, now + 1ms) == now));      // never in the future
}

BOOST_AUTO_TEST_SUITE_END()
