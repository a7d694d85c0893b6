// A server of the test's own behaves well and badly, in a network namespace that has only `lo`.

#include "belay/lifecheck/postgres_look.hpp"

#include "belay/base/unique_fd.hpp"
#include "bench.hpp"
#include "fake_postgres.hpp"
#include "scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::test::FakePostgres;
using belay::test::Manner;
using belay::test::ScratchDirectory;

namespace {

constexpr std::uint16_t port = 7780;

belay::config::Service service() {
    belay::config::Service service;
    service.kind = belay::config::ServiceKind::postgres;
    service.address = belay::parse_endpoint("127.0.0.1:7780").value();
    service.user = "asker";
    service.interval = 20ms;
    service.timeout = 3s;
    return service;
}

/// The problem of one look; nothing when none came within five seconds.
std::optional<std::string> ask(boost::asio::io_context& loop, const belay::config::Service& service) {
    std::optional<std::string> answer;
    const auto look = ask_postgres(loop, question_of(service, service.address),
                                   [&](const std::string& problem) { answer = problem; });
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!answer) {
        loop.restart();
        if (loop.run_one_until(end) == 0) {
            break;
        }
    }
    return answer;
}

std::string problem(Manner manner) {
    boost::asio::io_context loop;
    const FakePostgres server(loop, port, manner);
    return ask(loop, service()).value_or("nothing was said");
}

} // namespace

BOOST_AUTO_TEST_SUITE(postgres_looks)

BOOST_AUTO_TEST_CASE(an_answer_is_good_and_the_connection_is_ended_in_good_order) {
    Bench bench;
    const FakePostgres server(bench.loop, port);
    bench.watch(service());
    BOOST_TEST(bench.until_said(true, "127.0.0.1:7780 answers"));
    BOOST_TEST(bench.until([&](const Health&) { return server.goodbyes > 1; }));
    BOOST_TEST(server.connections - server.goodbyes <= 2); // each look has its own, and ends it
    BOOST_TEST(server.said.at(0) == "SELECT 1");
    BOOST_TEST(server.logins.at(0) == "user=asker database=postgres application_name=belay");
}

BOOST_AUTO_TEST_CASE(what_the_server_says_reaches_the_operator_in_one_line) {
    BOOST_TEST(problem(Manner::refuses_login) == "FATAL: password authentication failed for user \"asker\"");
    BOOST_TEST(problem(Manner::fails_query) == "ERROR: relation \"pool\" does not exist");
    BOOST_TEST(problem(Manner::closes_at_login) == "server closed the connection unexpectedly");
    BOOST_TEST(problem(Manner::closes_at_query) == "server closed the connection unexpectedly");
    const std::string garbage = problem(Manner::talks_garbage);
    BOOST_TEST(garbage.find("expected authentication request from server") == 0U, garbage);
    BOOST_TEST(problem(Manner::starts_a_copy).empty());
    boost::asio::io_context loop;
    BOOST_TEST(ask(loop, service()).value() == "connection refused");
}

BOOST_AUTO_TEST_CASE(a_deadline_ends_each_stage_and_says_which) {
    for (const auto& [manner, words] : {std::pair(Manner::silent, "no answer within 40ms (logging in)"),
                                        std::pair(Manner::forgets_query, "no answer within 40ms (1 of 2)"),
                                        std::pair(Manner::floods, "no answer within 40ms (1 of 2)")}) {
        Bench bench;
        FakePostgres server(bench.loop, port, Manner::answers);
        auto impatient = service();
        impatient.timeout = 40ms;
        bench.watch(impatient);
        BOOST_TEST(bench.until_said(true, "answers"));
        server.manner = manner;
        BOOST_TEST(bench.until_said(true, words));
        BOOST_TEST(bench.until_said(false, "(2 of 2)"));
        server.manner = Manner::answers;
        BOOST_TEST(bench.until_said(true, "answers"));
    }
}

BOOST_AUTO_TEST_CASE(a_slow_server_that_keeps_the_deadline_is_good) {
    Bench bench;
    const FakePostgres server(bench.loop, port, Manner::slow);
    bench.watch(service());
    BOOST_TEST(bench.until_said(true, "answers"));
}

BOOST_AUTO_TEST_CASE(an_address_that_swallows_packets_delays_no_other_check) {
    const belay::UniqueFd deaf(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(7781);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::bind(deaf.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    BOOST_REQUIRE(::listen(deaf.get(), 0) == 0); // its queue takes one; after that SYNs are dropped
    const belay::UniqueFd first(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const belay::UniqueFd second(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ::connect(first.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    ::connect(second.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));

    Bench bench;
    const FakePostgres server(bench.loop, port);
    auto swallowed = service();
    swallowed.address.port = 7781;
    swallowed.timeout = 200ms;
    std::vector<std::size_t> good_looks;
    std::size_t answers = 0;
    const auto neighbour = make_check(bench.loop, service(), std::nullopt,
                                      [&](const Health& health) { answers += health.healthy ? 1 : 0; });
    bench.watch(swallowed);
    BOOST_TEST(bench.until_said(false, "no answer within 200ms (connecting)"));
    BOOST_TEST(answers > 2U);
}

BOOST_AUTO_TEST_CASE(a_password_comes_from_the_file_and_from_nowhere_else) {
    const ScratchDirectory scratch;
    boost::asio::io_context loop;
    FakePostgres server(loop, port, Manner::asks_password);
    auto asking = service();
    BOOST_TEST(ask(loop, asking).value() == "the server asks for a password, and there is no password_file");
    asking.password_file = scratch.write("pass", "127.0.0.1:7780:postgres:asker:xyzzy\n");
    ::chmod(asking.password_file.c_str(), 0600);
    BOOST_TEST(ask(loop, asking).value().empty());
    BOOST_TEST(server.said.at(0) == "xyzzy");
    scratch.write("pass", "127.0.0.1:7780:postgres:other:xyzzy\n");
    BOOST_TEST(ask(loop, asking).value() ==
               "the server asks for a password, and no line fits in " + asking.password_file);
}

BOOST_AUTO_TEST_CASE(a_password_file_that_cannot_be_used_is_named_before_libpq_complains_about_it) {
    const ScratchDirectory scratch;
    boost::asio::io_context loop;
    auto asking = service();
    asking.password_file = scratch.write("pass", "*:*:*:*:xyzzy\n");
    ::chmod(asking.password_file.c_str(), 0640);
    BOOST_TEST(ask(loop, asking).value() ==
               "password_file " + asking.password_file + " has mode 0640, and libpq wants 0600");
    asking.password_file = scratch.path() / "none";
    BOOST_TEST(ask(loop, asking).value() ==
               "cannot read password_file " + asking.password_file + ": No such file or directory");
    asking.password_file = scratch.path();
    BOOST_TEST(ask(loop, asking).value() == "password_file " + asking.password_file + " is not a regular file");
}

BOOST_AUTO_TEST_CASE(the_environment_does_not_matter) {
    ::setenv("PGSERVICE", "none", 1);
    ::setenv("PGOPTIONS", "-c search_path=elsewhere", 1);
    ::setenv("PGTZ", "Asia/Tokyo", 1);
    ::setenv("PGPASSWORD", "xyzzy", 1);
    forget_postgres_environment();
    boost::asio::io_context loop;
    const FakePostgres server(loop, port);
    BOOST_TEST(ask(loop, service()).value().empty());
    BOOST_TEST(server.logins.at(0) == "user=asker database=postgres application_name=belay");
}

BOOST_AUTO_TEST_CASE(an_end_in_the_middle_leaves_nothing_behind) {
    for (const Manner manner : {Manner::silent, Manner::forgets_query, Manner::floods}) {
        boost::asio::io_context loop;
        auto server = std::make_unique<FakePostgres>(loop, port, manner);
        const std::size_t stage = manner == Manner::silent ? server->logins.size() : 0;
        auto look = ask_postgres(loop, question_of(service(), service().address),
                                 [](const std::string&) { BOOST_ERROR("a look that was ended answered"); });
        const auto end = std::chrono::steady_clock::now() + 5s;
        while ((manner == Manner::silent ? server->logins.size() : server->said.size()) == stage) {
            BOOST_REQUIRE(loop.run_one_until(end) == 1);
        }
        look.reset();
        server.reset();
        loop.restart();
        loop.run_for(4s);
        BOOST_TEST(loop.stopped()); // nothing was left to wait for
    }
}

BOOST_AUTO_TEST_CASE(messages_are_cut_to_their_first_line) {
    BOOST_TEST(first_line("connection to server at \"10.77.0.1\", port 5432 failed: Connection refused\n\tIs it?\n") ==
               "connection refused");
    BOOST_TEST(first_line("connection to server at \"::1\", port 5432 failed: FATAL:  sorry\n") == "FATAL: sorry");
    BOOST_TEST(first_line("a\x01\x1b[31mb") == "a??[31mb");
    BOOST_TEST(first_line(std::string(5000, 'x')).size() == 200U);
    BOOST_TEST(first_line("\n") == "the connection failed without a word");
}

BOOST_AUTO_TEST_SUITE_END()
