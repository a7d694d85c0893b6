#include "belay/daemon/boot_timer.hpp"

#include "belay/base/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <vector>

using namespace belay;
using belay::daemon::BootTimer;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    Fixture()
        : timer(BootTimer::make(context, [this](Instant at) {
                    fired.push_back(at);
                    came_at = boot_now();
                    if (then) {
                        then();
                    }
                }).value()) {}

    /// Runs the loop until the timer has fired this often; false after ten seconds.
    bool fires(std::size_t times) {
        const Instant deadline = boot_now() + 10s;
        while (fired.size() < times && boot_now() < deadline) {
            context.run_one_for(100ms);
        }
        return fired.size() == times;
    }

    boost::asio::io_context context;
    std::vector<Instant> fired;
    Instant came_at;
    std::function<void()> then;
    std::optional<BootTimer> timer;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(boot_timer, Fixture)

BOOST_AUTO_TEST_CASE(it_fires_once_at_its_instant_or_later) {
    const Instant at = boot_now() + 20ms;
    timer->arm(at);
    BOOST_REQUIRE(fires(1));
    BOOST_TEST((fired[0] == at));
    BOOST_TEST((came_at >= at));
    context.run_for(30ms);
    BOOST_TEST(fired.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_past_instant_is_due_at_once) {
    for (const Instant past : {boot_now() - 1s, Instant{}, Instant(-1s), Instant::min()}) {
        fired.clear();
        timer->arm(past);
        BOOST_TEST(fires(1), past.time_since_epoch().count());
        BOOST_TEST((fired.back() == past));
    }
}

BOOST_AUTO_TEST_CASE(the_last_instant_replaces_the_one_before) {
    const Instant soon = boot_now() + 10ms;
    timer->arm(boot_now() + 1h);
    timer->arm(soon);
    BOOST_REQUIRE(fires(1));
    BOOST_TEST((fired[0] == soon));
    timer->arm(boot_now() + 10ms);
    timer->arm(boot_now() + 1h);
    context.run_for(30ms);
    BOOST_TEST(fired.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_due_but_not_told_yet_is_replaced_too) {
    timer->arm(boot_now() - 1s); // readable from here on
    timer->arm(Instant::max());
    context.run_for(20ms);
    BOOST_TEST(fired.empty());
    timer->arm(boot_now());
    BOOST_TEST(fires(1));
}

BOOST_AUTO_TEST_CASE(the_same_instant_counts_again_after_it_fired) {
    const Instant past = boot_now() - 1s;
    timer->arm(past);
    BOOST_REQUIRE(fires(1));
    timer->arm(past);
    BOOST_TEST(fires(2));
}

BOOST_AUTO_TEST_CASE(it_can_be_armed_from_its_own_call) {
    then = [this] {
        if (fired.size() < 3) {
            timer->arm(boot_now());
        }
    };
    timer->arm(boot_now());
    BOOST_TEST(fires(3));
}

BOOST_AUTO_TEST_CASE(one_that_ended_while_armed_never_fires) {
    timer->arm(boot_now() - 1s);
    timer.reset();
    context.run_for(1s); // ends at once, because nothing is left to wait for
    BOOST_TEST(context.stopped());
    BOOST_TEST(fired.empty());
}

BOOST_AUTO_TEST_CASE(it_may_end_in_its_own_call) {
    then = [this] { timer.reset(); };
    timer->arm(boot_now());
    context.run_for(10s);
    BOOST_TEST(context.stopped());
    BOOST_TEST(fired.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
