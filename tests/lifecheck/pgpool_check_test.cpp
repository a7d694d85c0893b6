// A process, a server and a PCP of the test's own, each of which fails alone.

#include "belay/lifecheck/check.hpp"

#include "bench.hpp"
#include "fake_pcp.hpp"
#include "fake_postgres.hpp"
#include "scratch.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::config::PgpoolNeeds;
using belay::test::FakePcp;
using belay::test::FakePgpool;
using belay::test::FakePostgres;
using belay::test::Manner;
using belay::test::ScratchDirectory;
using belay::test::Sleeper;

namespace {

struct Stage {
    ScratchDirectory scratch;
    Sleeper parent;
    Bench bench;
    FakePostgres pool{bench.loop, 7784};
    FakePgpool pgpool{.backends = {}, .problem = {}, .told = {}, .held_back = {}};
    std::string runs; ///< the words while the parent runs

    explicit Stage(PgpoolNeeds needs) {
        belay::config::Service service;
        service.kind = belay::config::ServiceKind::pgpool;
        service.pid_file = scratch.write("pgpool.pid", parent.line());
        service.address = pool.endpoint();
        service.user = "asker";
        service.needs = needs;
        service.interval = 20ms;
        service.timeout = 100ms;
        runs = "pid " + std::to_string(parent.pid()) + " from " + service.pid_file + " runs; ";
        bench.check = make_pgpool_check(bench.loop, service, std::make_unique<FakePcp>(bench.loop, pgpool),
                                        [this](const Health& health) { bench.heard.push_back(health); });
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(pgpool_check)

BOOST_AUTO_TEST_CASE(exhausted_children_are_told_and_cost_nothing_while_pcp_answers) {
    Stage stage(PgpoolNeeds::any);
    BOOST_TEST(stage.bench.until_said(true, stage.runs + "query answers; pcp answers"));
    stage.pool.manner = Manner::silent;
    BOOST_TEST(
        stage.bench.until_said(true, stage.runs + "query: no answer within 100ms (logging in) (2 of 2); pcp answers"));
    const int asked = stage.pgpool.asked;
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(stage.bench.until([&](const Health&) { return stage.pgpool.asked > asked + 3; }));
    BOOST_TEST((std::chrono::steady_clock::now() - before < 300ms)); // PCP does not wait for the query's deadline
    BOOST_TEST(stage.bench.heard.back().healthy);
}

BOOST_AUTO_TEST_CASE(a_pgpool_that_answers_nothing_is_not_healthy) {
    Stage stage(PgpoolNeeds::any);
    BOOST_TEST(stage.bench.until_said(true, "pcp answers"));
    stage.pool.manner = Manner::refuses_login;
    stage.pgpool.holds_back = true; // a full table of connections: no answer, no error
    BOOST_TEST(stage.bench.until_said(false, "(2 of 2); pcp: no answer within 100ms (2 of 2)"));
    stage.pgpool.holds_back = false;
    BOOST_TEST(stage.bench.until_said(true, "(2 of 2); pcp answers"));
    stage.pgpool.release(); // the old questions' answers, too late
    stage.pool.manner = Manner::answers;
    BOOST_TEST(stage.bench.until_said(true, stage.runs + "query answers; pcp answers"));
}

BOOST_AUTO_TEST_CASE(what_is_required_must_answer) {
    Stage stage(PgpoolNeeds::both);
    BOOST_TEST(stage.bench.until_said(true, stage.runs + "query answers; pcp answers"));
    stage.pgpool.problem = "login refused";
    BOOST_TEST(stage.bench.until_said(true, "query answers; pcp: login refused (1 of 2)"));
    BOOST_TEST(stage.bench.until_said(false, "query answers; pcp: login refused (2 of 2)"));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_parent_decides_at_once_whoever_still_answers) {
    Stage stage(PgpoolNeeds::any);
    BOOST_TEST(stage.bench.until_said(true, stage.runs + "query answers; pcp answers"));
    stage.parent.kill();
    const auto killed = std::chrono::steady_clock::now();
    BOOST_TEST(stage.bench.until_said(false, "is not running"));
    BOOST_TEST((std::chrono::steady_clock::now() - killed < 100ms));
    const Sleeper again;
    stage.scratch.write("pgpool.pid", again.line());
    BOOST_TEST(stage.bench.until_said(true, "pid " + std::to_string(again.pid())));
}

BOOST_AUTO_TEST_CASE(nothing_is_reported_after_the_check_ended) {
    Stage stage(PgpoolNeeds::any);
    BOOST_TEST(stage.bench.until_said(true, "query answers; pcp answers"));
    const std::size_t reports = stage.bench.heard.size();
    stage.bench.check.reset();
    stage.parent.kill();
    stage.bench.loop.restart();
    stage.bench.loop.run_for(50ms);
    BOOST_TEST(stage.bench.heard.size() == reports);
}

BOOST_AUTO_TEST_SUITE_END()
