#include "belay/daemon/single_instance.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <optional>
#include <sched.h>
#include <thread>

using belay::daemon::InstanceLock;

namespace {

constexpr std::string_view name = "belay/test-lock";

} // namespace

BOOST_AUTO_TEST_SUITE(single_instance)

BOOST_AUTO_TEST_CASE(a_second_daemon_is_refused_and_told_who_holds_the_lock) {
    std::optional<InstanceLock> lock = InstanceLock::take(name).value();
    for (int attempt = 0; attempt < 100; ++attempt) { // refused starts use nothing up that matters
        const auto refused = InstanceLock::take(name);
        BOOST_REQUIRE(!refused);
        BOOST_TEST(refused.error().code == EADDRINUSE);
        if (attempt == 0) {
            const std::string pid = "pid " + std::to_string(::getpid());
            BOOST_TEST(refused.error().text.find(pid) != std::string::npos, refused.error().text);
        }
    }
    lock.reset();
    BOOST_TEST(InstanceLock::take(name).has_value());
}

BOOST_AUTO_TEST_CASE(another_namespace_has_a_lock_of_its_own) {
    const auto here = InstanceLock::take(name);
    BOOST_REQUIRE(here.has_value());
    std::thread([] {
        BOOST_REQUIRE(::unshare(CLONE_NEWNET) == 0); // of this thread only
        const auto there = InstanceLock::take(name);
        BOOST_TEST(there.has_value());
        BOOST_TEST(!InstanceLock::take(name).has_value());
    }).join();
}

BOOST_AUTO_TEST_SUITE_END()
