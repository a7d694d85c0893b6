// The pid file of a real child process goes through its life. `interval` is an hour unless a case is about looking
// now and then, so that all else can only come from pidfd and inotify.

#include "bench.hpp"
#include "scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::test::ScratchDirectory;
using belay::test::Sleeper;

namespace {

belay::config::Service service(const std::string& pid_file, belay::Duration interval = 1h) {
    return {.kind = belay::config::ServiceKind::process,
            .pid_file = pid_file,
            .address = {},
            .interval = interval,
            .rise = 5, // no effect on this kind
            .fall = 5};
}

void set_mtime(const std::string& path, std::time_t seconds_ago) {
    const timespec then{.tv_sec = ::time(nullptr) - seconds_ago, .tv_nsec = 0};
    const std::array<timespec, 2> times{then, then};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(process_check)

BOOST_AUTO_TEST_CASE(death_is_known_at_once_and_a_new_pid_file_is_picked_up_at_once) {
    const ScratchDirectory scratch;
    Sleeper first;
    const std::string file = scratch.write("a.pid", first.line());
    Bench bench;
    bench.watch(service(file));
    BOOST_TEST(bench.until_said(true, "pid " + std::to_string(first.pid()) + " from " + file + " runs"));
    first.kill(); // and stays a zombie: as good as dead
    BOOST_TEST(bench.until_said(false, "pid " + std::to_string(first.pid()) + " from " + file + " is not running"));
    first.reap();
    const Sleeper second;
    scratch.write("a.pid", second.line());
    BOOST_TEST(bench.until_said(true, "pid " + std::to_string(second.pid())));
}

BOOST_AUTO_TEST_CASE(a_zombie_is_dead_from_the_first_look) {
    const ScratchDirectory scratch;
    Sleeper child;
    child.kill();
    Bench bench;
    bench.watch(service(scratch.write("a.pid", child.line())));
    BOOST_TEST(bench.until_said(false, "is not running"));
}

BOOST_AUTO_TEST_CASE(a_stale_pid_is_not_running) {
    const ScratchDirectory scratch;
    Sleeper child;
    child.kill();
    child.reap();
    Bench bench;
    bench.watch(service(scratch.write("a.pid", child.line())));
    BOOST_TEST(bench.until_said(false, "is not running"));
}

BOOST_AUTO_TEST_CASE(a_removed_pid_file_does_not_end_a_service_that_lives) {
    const ScratchDirectory scratch;
    Sleeper child;
    const std::string file = scratch.write("a.pid", child.line());
    Bench bench;
    bench.watch(service(file));
    BOOST_TEST(bench.until_said(true, "runs"));
    std::filesystem::remove(file);
    BOOST_TEST(bench.until_said(true, "runs, but " + file + " does not exist"));
    child.kill();
    BOOST_TEST(bench.until_said(false, file + " does not exist"));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_not_yet_and_a_file_kept_open_is_read_when_it_is_written) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("a.pid", "");
    Bench bench;
    bench.watch(service(file));
    BOOST_TEST(bench.until_said(false, "still empty"));
    const Sleeper child;
    const int kept_open = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    const std::string line = child.line();
    BOOST_REQUIRE(::write(kept_open, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    BOOST_TEST(bench.until_said(true, "runs"));
    ::close(kept_open);
}

BOOST_AUTO_TEST_CASE(a_file_moved_into_place_names_the_new_process_and_the_old_one_no_longer_counts) {
    const ScratchDirectory scratch;
    Sleeper old_service;
    const Sleeper new_service;
    const std::string file = scratch.write("a.pid", old_service.line());
    Bench bench;
    bench.watch(service(file));
    BOOST_TEST(bench.until_said(true, "pid " + std::to_string(old_service.pid())));
    std::filesystem::rename(scratch.write("a.new", new_service.line()), file);
    BOOST_TEST(bench.until_said(true, "pid " + std::to_string(new_service.pid())));
    const std::size_t reports = bench.heard.size();
    old_service.kill();
    bench.loop.restart();
    bench.loop.run_for(0ms);
    BOOST_TEST(bench.heard.size() == reports);
}

BOOST_AUTO_TEST_CASE(a_directory_may_come_later_and_may_be_replaced) {
    const ScratchDirectory scratch;
    const Sleeper child;
    const Sleeper other;
    const std::string file = scratch.path() / "run/a.pid";
    Bench bench;
    bench.watch(service(file, 10ms));
    BOOST_TEST(bench.until_said(false, "nor does its directory"));
    std::filesystem::create_directory(scratch.path() / "run");
    scratch.write("run/a.pid", child.line());
    BOOST_TEST(bench.until_said(true, std::to_string(child.pid())));
    std::filesystem::rename(scratch.path() / "run", scratch.path() / "gone");
    std::filesystem::create_directory(scratch.path() / "run");
    BOOST_TEST(bench.until_said(true, "does not exist"));
    scratch.write("run/a.pid", other.line());
    BOOST_TEST(bench.until_said(true, std::to_string(other.pid())));
}

BOOST_AUTO_TEST_CASE(a_number_used_again_is_another_process_until_the_file_is_touched) {
    const ScratchDirectory scratch;
    const Sleeper child;
    const std::string file = scratch.write("a.pid", child.line());
    set_mtime(file, 60);
    Bench bench;
    bench.watch(service(file));
    BOOST_TEST(bench.until_said(false, "is another process"));
    set_mtime(file, 0);
    BOOST_TEST(bench.until_said(true, "runs"));
    set_mtime(file, 60); // a process that is held already stays the one
    bench.loop.restart();
    bench.loop.run_for(0ms);
    BOOST_TEST(bench.heard.back().healthy);
}

BOOST_AUTO_TEST_CASE(nothing_is_reported_after_the_check_ended) {
    const ScratchDirectory scratch;
    Sleeper child;
    const std::string file = scratch.write("a.pid", child.line());
    Bench bench;
    bench.watch(service(file, 1ms));
    BOOST_TEST(bench.until_said(true, "runs"));
    child.kill();
    const std::size_t reports = bench.heard.size();
    bench.check.reset();
    bench.loop.restart();
    bench.loop.run_for(20ms); // ends at once when nothing is left to wait for
    BOOST_TEST(bench.heard.size() == reports);
}

BOOST_AUTO_TEST_SUITE_END()
