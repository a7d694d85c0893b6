// What a life check finds at a real PostgreSQL server that is healthy, refuses, hangs, or cannot be reached. One server
// serves all cases. The kernel connects to an own address from that address, so that they can differ in what
// pg_hba.conf wants there.

#include "belay/lifecheck/check.hpp"

#include "bench.hpp"
#include "real_postgres.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::test::RealPostgres;
using belay::test::run_program;
using belay::test::ScratchDirectory;

namespace {

constexpr std::string_view with_password = "127.0.0.1:5432";
constexpr std::string_view with_tls = "10.77.0.8:5432";
constexpr std::string_view swallowed = "10.77.0.9:5432";

constexpr std::string_view access = "host    all all 127.0.0.1/32 scram-sha-256\n"
                                    "host    all all 10.77.0.9/32 trust\n"
                                    "hostssl all all 10.77.0.8/32 scram-sha-256\n";

/// A shared machine pauses: bounds in time are checked times three, as in suite netns.
constexpr int patience = 3;

struct Fixture {
    static RealPostgres& server() {
        static RealPostgres the_one(access);
        return the_one;
    }

    ScratchDirectory scratch;
    Bench bench;
    belay::config::Service service;

    Fixture() {
        server();
        service.kind = belay::config::ServiceKind::postgres;
        service.user = "asker";
        service.interval = 100ms;
        service.timeout = 1s;
        service.address = belay::parse_endpoint(with_password).value();
        set_password("right", 0600);
    }

    void set_password(std::string_view password, mode_t mode) {
        service.password_file = scratch.write("pass", "*:5432:*:asker:" + std::string(password) + "\n");
        ::chmod(service.password_file.c_str(), mode);
    }

    bool finds(bool healthy, const std::string& words) {
        bench.heard.clear();
        bench.watch(service);
        return bench.until_said(healthy, to_text(service.address) + words, 20s);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(real_postgres, Fixture)

BOOST_AUTO_TEST_CASE(a_server_that_answers_is_healthy) {
    BOOST_TEST(finds(true, " answers")); // once it has started
}

BOOST_AUTO_TEST_CASE(a_long_answer_and_an_empty_one_are_answers) {
    service.query = "SELECT repeat('x', 1000) FROM generate_series(1, 2000)";
    BOOST_TEST(finds(true, " answers"));
    service.query = ";";
    BOOST_TEST(finds(true, " answers"));
    service.query = "COPY (SELECT 1) TO STDOUT";
    BOOST_TEST(finds(true, " answers"));
}

BOOST_AUTO_TEST_CASE(a_server_that_insists_on_tls_gets_it) {
    service.address = belay::parse_endpoint(with_tls).value();
    BOOST_TEST(finds(true, " answers"));
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_told_in_the_servers_words) {
    set_password("wrong", 0600);
    BOOST_TEST(finds(false, ": FATAL: password authentication failed for user \"asker\""));
    BOOST_TEST(bench.heard.back().detail.find("wrong") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_password_file_that_others_may_read_is_not_used) {
    set_password("right", 0644);
    BOOST_TEST(finds(false, ": password_file " + service.password_file + " has mode 0644, and libpq wants 0600"));
}

BOOST_AUTO_TEST_CASE(a_wrong_database_and_a_wrong_query_are_told) {
    service.database = "none";
    BOOST_TEST(finds(false, ": FATAL: database \"none\" does not exist"));
    service.database = "postgres";
    service.query = "SELECT * FROM nothing";
    BOOST_TEST(finds(false, ": ERROR: relation \"nothing\" does not exist"));
    service.query = "SELECT 1; SELECT 1/0";
    BOOST_TEST(finds(false, ": ERROR: division by zero"));
}

BOOST_AUTO_TEST_CASE(a_query_that_hangs_costs_its_deadline) {
    service.query = "SELECT pg_sleep(3)";
    service.timeout = 200ms;
    BOOST_TEST(finds(false, ": no answer within 200ms ("));
}

BOOST_AUTO_TEST_CASE(a_stopped_server_is_unhealthy_after_fall_deadlines_and_healthy_when_it_goes_on) {
    service.timeout = 200ms;
    BOOST_TEST(finds(true, " answers"));
    server().stop();
    const auto stopped = std::chrono::steady_clock::now();
    BOOST_TEST(bench.until_said(false, "no answer within 200ms (logging in) (2 of 2)"));
    const auto taken = std::chrono::steady_clock::now() - stopped;
    const double taken_ms = std::chrono::duration<double, std::milli>(taken).count();
    BOOST_TEST_MESSAGE("unhealthy after " << taken_ms << " ms");
    BOOST_TEST((taken < patience * (service.interval + service.fall * service.timeout)));
    server().proceed();
    BOOST_TEST(bench.until_said(true, "answers"));
}

BOOST_AUTO_TEST_CASE(an_address_behind_which_packets_vanish_delays_no_other_check) {
    service.address = belay::parse_endpoint(swallowed).value();
    service.timeout = 500ms;
    BOOST_TEST(finds(true, " answers"));

    BOOST_REQUIRE(run_program({"nft", "add table inet cut; add chain inet cut input { type filter hook input priority "
                                      "0; }; add rule inet cut input ip daddr 10.77.0.9 drop"}));
    auto neighbour = service;
    neighbour.address = belay::parse_endpoint(with_password).value();
    neighbour.interval = 20ms;
    std::size_t answers = 0;
    const auto other = make_check(bench.loop, neighbour, std::nullopt,
                                  [&](const Health& health) { answers += health.healthy ? 1 : 0; });
    BOOST_TEST(bench.until_said(false, "no answer within 500ms (connecting) (2 of 2)"));
    BOOST_TEST(answers >= 4U); // a single wait for the other address would leave room for two
    BOOST_REQUIRE(run_program({"nft", "delete table inet cut"}));
    BOOST_TEST(bench.until_said(true, "answers"));
}

BOOST_AUTO_TEST_SUITE_END()
