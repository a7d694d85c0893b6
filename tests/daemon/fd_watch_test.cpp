#include "belay/daemon/fd_watch.hpp"

#include "belay/base/unique_fd.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fcntl.h>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>

using belay::daemon::FdWatch;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    Fixture() {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
        reading = belay::UniqueFd(ends[0]);
        writing = belay::UniqueFd(ends[1]);
        watch.emplace(context, reading.get(), [this] {
            ++calls;
            act();
        });
    }

    /// Fails instead of ending the program when the other end was closed by mistake.
    void say() const { BOOST_REQUIRE(::send(writing.get(), "x", 1, MSG_NOSIGNAL) == 1); }

    void take() const {
        char letter = 0;
        BOOST_REQUIRE(::read(reading.get(), &letter, 1) == 1);
    }

    /// Runs the loop until there were this many calls; false after ten seconds.
    bool called(int times) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (calls < times && std::chrono::steady_clock::now() < deadline) {
            context.run_one_for(100ms);
        }
        return calls == times;
    }

    bool descriptor_is_open() const { return ::fcntl(reading.get(), F_GETFD) >= 0; }

    boost::asio::io_context context;
    belay::UniqueFd reading;
    belay::UniqueFd writing;
    int calls = 0;
    std::function<void()> act = [this] { take(); };
    std::optional<FdWatch> watch;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fd_watch, Fixture)

BOOST_AUTO_TEST_CASE(it_calls_each_time_that_something_came) {
    context.run_for(10ms);
    BOOST_TEST(calls == 0);
    say();
    BOOST_TEST(called(1));
    context.run_for(10ms);
    BOOST_TEST(calls == 1);
    say();
    BOOST_TEST(called(2));
}

BOOST_AUTO_TEST_CASE(what_was_there_before_and_what_is_left_over_count_too) {
    say();
    say();
    say(); // one call takes one byte
    BOOST_TEST(called(3));
}

BOOST_AUTO_TEST_CASE(it_moves) {
    FdWatch other = std::move(*watch);
    watch.reset();
    say();
    BOOST_TEST(called(1));
}

BOOST_AUTO_TEST_CASE(one_that_ended_calls_no_more_and_leaves_the_descriptor_open) {
    say();
    context.poll_one(); // the call is on its way, perhaps even made
    const int before = calls;
    watch.reset();
    say();
    context.run_for(1s); // ends at once, because nothing is left to wait for
    BOOST_TEST(context.stopped());
    BOOST_TEST(calls == before);
    BOOST_TEST(descriptor_is_open());
}

BOOST_AUTO_TEST_CASE(it_may_end_in_its_own_call) {
    act = [this] { watch.reset(); };
    say();
    context.run_for(10s);
    BOOST_TEST(context.stopped());
    BOOST_TEST(calls == 1);
    BOOST_TEST(descriptor_is_open());
}

BOOST_AUTO_TEST_SUITE_END()
