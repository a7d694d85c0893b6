#include "belay/info/backoff.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using belay::Duration;
using belay::info::Backoff;

BOOST_AUTO_TEST_SUITE(backoff)

BOOST_AUTO_TEST_CASE(waits_double_up_to_the_limit_each_at_most_a_quarter_shorter) {
    for (std::uint32_t seed = 1; seed <= 100; ++seed) {
        Backoff backoff(200ms, 5s, seed);
        for (const Duration full : {200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
            const Duration wait = backoff.next();
            BOOST_TEST((wait <= full && wait >= full * 3 / 4));
        }
        backoff.reset();
        BOOST_TEST((backoff.next() <= Duration(200ms)));
    }
}

BOOST_AUTO_TEST_CASE(two_seeds_wait_differently) {
    BOOST_TEST((Backoff(200ms, 5s, 1).next() != Backoff(200ms, 5s, 2).next()));
}

BOOST_AUTO_TEST_SUITE_END()
