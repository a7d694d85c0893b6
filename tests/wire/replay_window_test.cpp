#include "belay/wire/replay_window.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using belay::wire::Freshness;
using belay::wire::ReplayWindow;

BOOST_AUTO_TEST_SUITE(replay_window)

BOOST_AUTO_TEST_CASE(a_number_is_used_once) {
    ReplayWindow window;
    BOOST_TEST((window.judge(0) == Freshness::stale)); // is no number
    window.use(1);
    BOOST_TEST((window.judge(1) == Freshness::repeated));
    window.use(5);
    BOOST_TEST(window.highest() == 5U);
    BOOST_TEST((window.judge(3) == Freshness::fresh));
    window.use(3);
    BOOST_TEST((window.judge(3) == Freshness::repeated));
    BOOST_TEST((window.judge(4) == Freshness::fresh));
    BOOST_TEST(window.highest() == 5U);
}

BOOST_AUTO_TEST_CASE(what_fell_out_of_the_window_is_never_fresh_again) {
    ReplayWindow window;
    window.use(1);
    window.use(256);
    BOOST_TEST((window.judge(1) == Freshness::repeated));
    BOOST_TEST((window.judge(2) == Freshness::fresh));
    window.use(257);
    BOOST_TEST((window.judge(1) == Freshness::stale));
    BOOST_TEST((window.judge(2) == Freshness::fresh));
    window.use(100'000);
    BOOST_TEST((window.judge(100'000 - 256) == Freshness::stale));
    BOOST_TEST((window.judge(100'000 - 255) == Freshness::fresh));
}

BOOST_AUTO_TEST_CASE(nothing_at_or_below_the_floor_is_fresh) {
    ReplayWindow window(10);
    BOOST_TEST((window.judge(10) == Freshness::stale));
    BOOST_TEST((window.judge(1) == Freshness::stale));
    BOOST_TEST((window.judge(11) == Freshness::fresh));
    window.use(12);
    BOOST_TEST((window.judge(11) == Freshness::fresh));
    BOOST_TEST((window.judge(9) == Freshness::stale));
}

BOOST_AUTO_TEST_CASE(it_agrees_with_a_set_of_all_numbers_used) {
    for (const std::uint64_t stride : {1U, 2U, 63U, 64U, 65U, 255U, 256U, 257U, 1000U}) {
        ReplayWindow window;
        std::set<std::uint64_t> used;
        std::uint64_t state = stride;
        for (std::uint64_t base = 1; base < 20 * stride + 600; base += stride) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            const std::uint64_t back = (state >> 33U) % 300;
            for (const std::uint64_t number : {base, base > back ? base - back : base}) {
                const bool in_window = number + ReplayWindow::width > window.highest();
                const Freshness expected = !in_window              ? Freshness::stale
                                           : used.contains(number) ? Freshness::repeated
                                                                   : Freshness::fresh;
                BOOST_REQUIRE((window.judge(number) == expected));
                if (expected == Freshness::fresh) {
                    window.use(number);
                    used.insert(number);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
