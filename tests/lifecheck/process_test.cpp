#include "belay/lifecheck/process.hpp"

#include "belay/base/clock.hpp"
#include "scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::test::Sleeper;

BOOST_AUTO_TEST_SUITE(processes)

BOOST_AUTO_TEST_CASE(a_pidfd_tells_the_end_and_a_zombie_has_ended) {
    Sleeper child;
    const belay::Result<belay::UniqueFd> pidfd = open_process(child.pid());
    BOOST_REQUIRE(pidfd.has_value());
    BOOST_TEST(!has_ended(pidfd->get()));
    child.kill();
    BOOST_TEST(has_ended(pidfd->get()));
    BOOST_TEST(open_process(child.pid()).error().code == ESRCH);
    child.reap();
    BOOST_TEST(has_ended(pidfd->get()));
    BOOST_TEST(open_process(child.pid()).error().code == ESRCH);
}

BOOST_AUTO_TEST_CASE(the_start_of_a_process_lies_between_the_clock_before_and_after) {
    const belay::Duration before = belay::wall_now();
    const Sleeper child;
    const belay::Duration after = belay::wall_now();
    const belay::Result<belay::Duration> started = started_at(child.pid());
    BOOST_REQUIRE(started.has_value());
    BOOST_TEST((*started > before - 20ms && *started < after + 20ms)); // /proc counts in ticks of 10 ms
    BOOST_TEST(!started_at(-1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
