#include "belay/daemon/fence_events.hpp"

#include <boost/test/unit_test.hpp>

using belay::daemon::FenceEvent;
using belay::daemon::FenceEvents;

BOOST_AUTO_TEST_SUITE(fence_events)

BOOST_AUTO_TEST_CASE(what_repeats_the_latest_is_left_out) {
    FenceEvents events;
    for (const char* const problem : {"no memory", "no memory", "no right", "no memory"}) {
        events.add(FenceEvent::Kind::failed, problem);
    }
    events.add(FenceEvent::Kind::built, "no memory");
    const auto all = events.last(10);
    BOOST_REQUIRE(all.size() == 4U);
    BOOST_TEST(all[1].reason == "no right");
    BOOST_TEST((all[3].kind == FenceEvent::Kind::built));
    BOOST_TEST((all[0].unix_time.count() > 0 && all[0].unix_time <= all[3].unix_time));
}

BOOST_AUTO_TEST_CASE(the_oldest_are_forgotten) {
    FenceEvents events;
    for (std::size_t number = 0; number <= FenceEvents::events_max; ++number) {
        events.add(FenceEvent::Kind::lost, std::to_string(number));
    }
    BOOST_TEST(events.last(5000).size() == FenceEvents::events_max);
    BOOST_TEST(events.last(5000).front().reason == "1");
    BOOST_TEST(events.last(2).front().reason == std::to_string(FenceEvents::events_max - 1));
}

BOOST_AUTO_TEST_SUITE_END()
