// What the check and the watch find at a real pgpool-II. It reaches its database at 10.77.0.9, which a wall can hide.

#include "belay/lifecheck/database_watch.hpp"
#include "belay/lifecheck/postgres_look.hpp"
#include "bench.hpp"
#include "real_pgpool.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <optional>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::pgpool::View;
using belay::test::RealPgpool;
using belay::test::RealPostgres;
using belay::test::run_program;
using belay::test::ScratchDirectory;

namespace {

struct Fixture {
    ScratchDirectory scratch;
    RealPostgres database{"host all all 10.77.0.9/32 trust\n"};
    RealPgpool pool{"10.77.0.9"};
    Bench bench;
    belay::config::Service service;
    belay::config::Pgpool partner;

    Fixture() {
        service.kind = belay::config::ServiceKind::pgpool;
        service.pid_file = pool.pid_file();
        service.address = belay::parse_endpoint("127.0.0.1:9999").value();
        service.user = "asker";
        service.interval = 100ms;
        service.timeout = 300ms;
        partner.pcp_user = "belay";
        partner.pcp_password_file = scratch.write("pcppass", "127.0.0.1:9898:belay:xyzzy\n");
        ::chmod(partner.pcp_password_file.c_str(), 0600);
    }

    bool until_it_answers() {
        bench.check =
            make_check(bench.loop, service, partner, [this](const Health& health) { bench.heard.push_back(health); });
        return bench.until_said(true, " runs; query answers; pcp answers", 30s);
    }

    bool until(const std::function<bool()>& condition) {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (!condition()) {
            bench.loop.restart();
            if (bench.loop.run_one_until(end) == 0) {
                return false;
            }
        }
        return true;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(real_pgpool, Fixture)

BOOST_AUTO_TEST_CASE(a_backend_that_swallows_packets_stops_the_query_only) {
    BOOST_TEST(until_it_answers());
    BOOST_REQUIRE(run_program({"nft", "add table inet cut; add chain inet cut input { type filter hook input priority "
                                      "0; }; add rule inet cut input ip daddr 10.77.0.9 drop"}));
    BOOST_TEST(bench.until_said(true, "query: no answer within 300ms (logging in) (2 of 2); pcp answers", 30s));
    BOOST_REQUIRE(run_program({"nft", "delete table inet cut"}));
}

BOOST_AUTO_TEST_CASE(exhausted_children_stop_the_query_only) {
    BOOST_TEST(until_it_answers());
    auto held = question_of(service, service.address);
    held.query = "SELECT pg_sleep(30)";
    const auto ignore = [](const std::string&) {};
    const auto first = ask_postgres(bench.loop, held, ignore);
    const auto second = ask_postgres(bench.loop, held, ignore);
    BOOST_TEST(bench.until_said(true, "query: no answer within 300ms (logging in) (2 of 2); pcp answers", 30s));
}

BOOST_AUTO_TEST_CASE(a_dead_parent_is_known_at_once) {
    BOOST_TEST(until_it_answers());
    pool.kill_parent();
    const auto killed = std::chrono::steady_clock::now();
    BOOST_TEST(bench.until_said(false, "is not running"));
    BOOST_TEST((std::chrono::steady_clock::now() - killed < 300ms));
}

BOOST_AUTO_TEST_CASE(a_detach_by_somebody_else_and_our_own_attach_are_seen_at_once) {
    BOOST_TEST(until_it_answers());
    std::vector<View> told;
    DatabaseWatch watch(bench.loop, {.poll_interval = 1h, .status_file = pool.status_file()},
                        open_pcp(bench.loop, partner, 1s), [&](const View& view) { told.push_back(view); });
    BOOST_TEST(until([&] { return !told.empty() && told.back().reachable; }));
    BOOST_REQUIRE(told.back().backends.size() == 2);
    BOOST_TEST(told.back().backends[1].host == "10.77.0.9");
    BOOST_TEST(told.back().backends[1].attached());

    const auto somebody = open_pcp(bench.loop, partner, 1s); // the watch learns of it by the status file alone
    std::optional<std::chrono::steady_clock::time_point> taken;
    somebody->tell(belay::pgpool::command::Detach{.id = 1}, [&](const belay::Status& status) {
        BOOST_TEST(status.has_value(), (status ? "" : status.error().text));
        taken = std::chrono::steady_clock::now();
    });
    BOOST_TEST(until([&] { return !told.back().backends[1].attached(); }));
    BOOST_REQUIRE(taken.has_value());
    const std::chrono::duration<double, std::milli> seen = std::chrono::steady_clock::now() - *taken;
    BOOST_TEST_MESSAGE("from the acknowledgement of a detach to its view: " << seen.count() << " ms");

    std::optional<belay::Status> attached;
    watch.tell(belay::pgpool::command::Attach{.id = 1}, [&](belay::Status status) { attached = std::move(status); });
    BOOST_TEST(until([&] { return told.back().backends[1].attached(); }));
    BOOST_TEST((attached && attached->has_value()));
}

BOOST_AUTO_TEST_SUITE_END()
