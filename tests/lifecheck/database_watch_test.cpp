// A pgpool-II that the test plays. The poll interval is an hour unless a case is about polling, so that all else can
// only come from the status file, commands and requests.

#include "belay/lifecheck/database_watch.hpp"

#include "fake_pcp.hpp"
#include "scratch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <optional>

using namespace belay::lifecheck;
using namespace belay::pgpool;
using namespace std::chrono_literals;
using belay::test::FakePcp;
using belay::test::FakePgpool;
using belay::test::ScratchDirectory;

namespace {

Backend backend(std::uint32_t id, BackendStatus status, BackendRole role = BackendRole::standby) {
    return {.id = id, .host = "10.77.0.50", .port = 5432, .status = status, .role = role};
}

const std::vector<Backend> all_up{backend(0, BackendStatus::up, BackendRole::primary), backend(1, BackendStatus::up)};
const std::vector<Backend> one_down{backend(0, BackendStatus::up, BackendRole::primary),
                                    backend(1, BackendStatus::down)};

struct Stage {
    boost::asio::io_context loop;
    FakePgpool pgpool{.backends = all_up, .problem = {}, .told = {}, .held_back = {}};
    std::vector<View> told;
    std::optional<DatabaseWatch> watch;

    void start(const std::string& status_file = {}, belay::Duration poll_interval = 1h) {
        watch.emplace(loop, DatabaseWatch::Setup{.poll_interval = poll_interval, .status_file = status_file},
                      std::make_unique<FakePcp>(loop, pgpool), [this](const View& view) { told.push_back(view); });
    }

    template <typename Condition>
    bool until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 5s;
        while (!condition()) {
            loop.restart();
            if (loop.run_one_until(end) == 0) {
                return false;
            }
        }
        return true;
    }

    bool until_told(const std::vector<Backend>& backends) {
        return until([&] { return !told.empty() && told.back().backends == backends; });
    }

    /// Whatever is due is done.
    void settle() {
        loop.restart();
        loop.poll();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(database_watch)

BOOST_AUTO_TEST_CASE(the_first_view_is_told_and_then_each_change_once) {
    Stage stage;
    stage.start({}, 1ms);
    BOOST_TEST(stage.until_told(all_up));
    BOOST_TEST(stage.told.back().reachable);
    const int asked = stage.pgpool.asked;
    BOOST_TEST(stage.until([&] { return stage.pgpool.asked > asked + 5; }));
    BOOST_TEST(stage.told.size() == 1U);
    stage.pgpool.backends = one_down;
    BOOST_TEST(stage.until_told(one_down));
    BOOST_TEST(stage.told.size() == 2U);
}

BOOST_AUTO_TEST_CASE(while_pgpool_does_not_answer_the_view_keeps_what_it_said_last) {
    Stage stage;
    stage.start({}, 1ms);
    BOOST_TEST(stage.until_told(all_up));
    stage.pgpool.problem = "127.0.0.1:9898: connection refused";
    BOOST_TEST(stage.until([&] { return !stage.told.back().reachable; }));
    BOOST_TEST((stage.told.back() ==
                View{.reachable = false, .problem = "127.0.0.1:9898: connection refused", .backends = all_up}));
    stage.pgpool.problem.clear();
    BOOST_TEST(stage.until([&] { return stage.told.back().reachable; }));
    BOOST_TEST(stage.told.size() == 3U);
    BOOST_TEST(stage.told.back().problem.empty());
}

BOOST_AUTO_TEST_CASE(a_pgpool_that_never_answered_is_told_too) {
    Stage stage;
    stage.pgpool.problem = "no connection";
    stage.start();
    BOOST_TEST(stage.until([&] { return !stage.told.empty(); }));
    BOOST_TEST((stage.told.back() == View{.reachable = false, .problem = "no connection", .backends = {}}));
}

BOOST_AUTO_TEST_CASE(a_written_status_file_is_followed_at_once) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("pgpool_status", "up\nup\n");
    Stage stage;
    stage.start(file);
    BOOST_TEST(stage.until_told(all_up));
    stage.settle();
    const int asked = stage.pgpool.asked;
    scratch.write("pgpool.log", "a line\n"); // another file
    stage.settle();
    BOOST_TEST(stage.pgpool.asked == asked);

    stage.pgpool.backends = one_down;
    const auto written = std::chrono::steady_clock::now();
    scratch.write("pgpool_status", "up\ndow"); // half of it: nobody reads it
    BOOST_TEST(stage.until_told(one_down));
    const auto taken = std::chrono::steady_clock::now() - written;
    const double taken_ms = std::chrono::duration<double, std::milli>(taken).count();
    BOOST_TEST_MESSAGE("from the write to the handler: " << taken_ms << " ms");
    BOOST_TEST((taken < 100ms));
}

BOOST_AUTO_TEST_CASE(what_pgpool_changes_a_moment_after_the_file_is_seen_soon) {
    const ScratchDirectory scratch;
    const std::string file = scratch.write("pgpool_status", "up\nup\n");
    Stage stage;
    stage.start(file);
    BOOST_TEST(stage.until_told(all_up));
    stage.settle();
    const int asked = stage.pgpool.asked;
    scratch.write("pgpool_status", "up\ndown\n");
    BOOST_TEST(stage.until([&] { return stage.pgpool.asked == asked + 1; }));
    stage.settle();
    stage.pgpool.backends = one_down; // the look that the file caused came too early
    BOOST_TEST(stage.until_told(one_down));
}

BOOST_AUTO_TEST_CASE(requests_during_a_look_cause_one_more_and_no_queue) {
    Stage stage;
    stage.pgpool.holds_back = true;
    stage.start();
    for (int request = 0; request < 10; ++request) {
        stage.watch->look();
    }
    stage.settle();
    BOOST_TEST(stage.pgpool.asked == 1);
    stage.pgpool.holds_back = false;
    stage.pgpool.release();
    BOOST_TEST(stage.until([&] { return stage.pgpool.asked == 2; }));
    stage.settle();
    BOOST_TEST(stage.pgpool.asked == 2);
}

BOOST_AUTO_TEST_CASE(a_command_is_told_and_its_effect_is_looked_for_until_it_shows) {
    Stage stage;
    stage.start();
    BOOST_TEST(stage.until_told(all_up));
    std::optional<belay::Status> status;
    stage.watch->tell(command::Detach{.id = 1}, [&](belay::Status done) { status = std::move(done); });
    BOOST_TEST(stage.until([&] { return status.has_value(); }));
    BOOST_TEST(status->has_value());
    BOOST_TEST(stage.pgpool.told.at(0) == "detach 1");
    const int asked = stage.pgpool.asked;
    BOOST_TEST(stage.until([&] { return stage.pgpool.asked > asked + 3; })); // it is queued in pgpool-II
    stage.pgpool.backends = one_down;
    BOOST_TEST(stage.until_told(one_down));
}

BOOST_AUTO_TEST_CASE(a_refused_command_is_an_error_and_is_not_waited_for) {
    Stage stage;
    stage.start();
    BOOST_TEST(stage.until_told(all_up));
    stage.pgpool.problem = "it is down";
    std::optional<belay::Status> status;
    stage.watch->tell(command::Attach{.id = 1}, [&](belay::Status done) { status = std::move(done); });
    BOOST_TEST(stage.until([&] { return status.has_value(); }));
    BOOST_TEST(status->error().text == "it is down");
}

BOOST_AUTO_TEST_CASE(nothing_is_told_after_the_end) {
    Stage stage;
    stage.start({}, 1ms);
    stage.watch->tell(command::Attach{.id = 1}, [](const belay::Status&) { BOOST_ERROR("answered after the end"); });
    stage.watch.reset();
    stage.loop.run_for(4s);
    BOOST_TEST(stage.loop.stopped()); // nothing was left to wait for
    BOOST_TEST(stage.told.empty());
}

BOOST_AUTO_TEST_CASE(a_command_is_done_when_the_view_shows_it) {
    const View up{.reachable = true, .problem = {}, .backends = all_up};
    const View down{.reachable = true, .problem = {}, .backends = one_down};
    const View lost{.reachable = false, .problem = "lost", .backends = one_down};
    BOOST_TEST(!is_done(command::Detach{.id = 1}, up));
    BOOST_TEST(is_done(command::Detach{.id = 1}, down));
    BOOST_TEST(!is_done(command::Detach{.id = 1}, lost));
    BOOST_TEST(!is_done(command::Detach{.id = 7}, down));
    BOOST_TEST(is_done(command::Attach{.id = 1}, up));
    BOOST_TEST(!is_done(command::Recover{.id = 1}, down));
    BOOST_TEST(is_done(command::Claim{.id = 0}, down));
    BOOST_TEST(!is_done(command::SwitchOver{.id = 1}, up));
}

BOOST_AUTO_TEST_SUITE_END()
