#include "belay/vip/lifetime.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::vip;
using namespace std::chrono_literals;

namespace {

constexpr Instant t0 = Instant(1000s);

} // namespace

BOOST_AUTO_TEST_SUITE(lifetime)

BOOST_AUTO_TEST_CASE(it_is_the_lease_and_a_margin_in_whole_seconds) {
    BOOST_TEST((address_lifetime(20ms) == 1s));
    BOOST_TEST((address_lifetime(250ms) == 1s));
    BOOST_TEST((address_lifetime(251ms) == 2s));
    BOOST_TEST((address_lifetime(500ms) == 2s));
    BOOST_TEST((address_lifetime(1s) == 2s));
    BOOST_TEST((address_lifetime(60s) == 61s));
    BOOST_TEST((address_gone_max(500ms) == 3500ms));
    BOOST_TEST((address_promise(500ms, 10'000) == 4035ms));
}

/// Refreshed at the very end of a lease by the slowest clock, it is gone before the promise is over by the fastest one.
BOOST_AUTO_TEST_CASE(the_promise_bears_what_clocks_may_differ) {
    constexpr std::uint32_t drift_ppm = 10'000;
    for (Duration lease = 20ms; lease <= 60s; lease += 1ms) {
        const Duration by_holder = lease - (lease / 100) + address_gone_max(lease);
        BOOST_REQUIRE((by_holder + (by_holder / 100) <= address_promise(lease, drift_ppm)));
    }
}

/// For every lease that can be configured, millisecond by millisecond.
BOOST_AUTO_TEST_CASE(an_address_outlives_the_lease_and_is_gone_within_three_seconds_after_it) {
    constexpr Duration late_when_refreshed_together = 1250ms;
    for (Duration lease = 20ms; lease <= 60s; lease += 1ms) {
        RefreshSchedule schedule(lease);
        schedule.refreshed(t0);
        BOOST_REQUIRE((schedule.gone_at_earliest() >= t0 + lease + 500ms));
        BOOST_REQUIRE((address_lifetime(lease) + late_when_refreshed_together < lease + 3s));
    }
}

/// Renewals each heartbeat, as in the daemon: how often it is refreshed, and whether the address ever ends early.
BOOST_AUTO_TEST_CASE(it_is_refreshed_in_time_and_seldom) {
    constexpr Duration lease = 500ms;
    RefreshSchedule schedule(lease);
    schedule.refreshed(t0);
    int refreshes = 0;
    for (Instant now = t0; now < t0 + 60s; now += 100ms) {
        const Instant until = now + lease;
        if (schedule.due(now, until)) {
            schedule.refreshed(now);
            ++refreshes;
        }
        BOOST_REQUIRE((schedule.gone_at_earliest() >= until));
    }
    BOOST_TEST(refreshes > 0);
    BOOST_TEST(refreshes <= 60);
}

BOOST_AUTO_TEST_CASE(an_ended_lease_refreshes_nothing) {
    RefreshSchedule schedule(500ms);
    schedule.refreshed(t0);
    BOOST_TEST(schedule.due(t0 + 1999ms, t0 + 2s));
    BOOST_TEST(!schedule.due(t0 + 2s, t0 + 2s));
    BOOST_TEST(!schedule.due(t0 + 1h, t0 + 2s));
}

BOOST_AUTO_TEST_SUITE_END()
