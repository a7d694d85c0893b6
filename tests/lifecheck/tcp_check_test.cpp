// Listeners in a network namespace that has only `lo`.

#include "bench.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>

#include "belay/base/unique_fd.hpp"

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::UniqueFd;

namespace {

constexpr std::uint16_t port = 7777;

sockaddr_in loopback(std::uint16_t number) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(number);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

UniqueFd listener(int backlog = 16) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    const sockaddr_in address = loopback(port);
    BOOST_REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    BOOST_REQUIRE(::listen(fd.get(), backlog) == 0);
    return fd;
}

UniqueFd start_connecting() {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    return fd;
}

belay::config::Service service(std::string_view address = "127.0.0.1:7777") {
    return {.kind = belay::config::ServiceKind::tcp,
            .pid_file = {},
            .address = belay::parse_endpoint(address).value(),
            .interval = 20ms,
            .timeout = 2s,
            .rise = 1,
            .fall = 2};
}

} // namespace

BOOST_AUTO_TEST_SUITE(tcp_check)

BOOST_AUTO_TEST_CASE(a_listener_that_goes_and_comes_is_seen_with_its_counts) {
    Bench bench;
    UniqueFd server = listener();
    bench.watch(service());
    BOOST_TEST(bench.until_said(true, "127.0.0.1:7777 accepts connections"));
    server = UniqueFd();
    BOOST_TEST(bench.until_said(true, "127.0.0.1:7777: connection refused (1 of 2)"));
    BOOST_TEST(bench.until_said(false, "127.0.0.1:7777: connection refused (2 of 2)"));
    server = listener();
    BOOST_TEST(bench.until_said(true, "accepts connections"));
}

BOOST_AUTO_TEST_CASE(rise_is_counted_and_told) {
    Bench bench;
    auto slow_to_trust = service();
    slow_to_trust.rise = 2;
    bench.watch(slow_to_trust);
    BOOST_TEST(bench.until_said(false, "connection refused"));
    const UniqueFd server = listener();
    BOOST_TEST(bench.until_said(false, "127.0.0.1:7777 accepts connections (1 of 2)"));
    BOOST_TEST(bench.until_said(true, "127.0.0.1:7777 accepts connections"));
}

BOOST_AUTO_TEST_CASE(ipv6_works_too) {
    Bench bench;
    bench.watch(service("[::1]:7777"));
    BOOST_TEST(bench.until_said(false, "[::1]:7777: connection refused"));
}

BOOST_AUTO_TEST_CASE(an_address_that_swallows_packets_costs_its_timeout_and_delays_nobody) {
    const UniqueFd deaf = listener(0); // its queue takes one; after that SYNs are dropped
    const UniqueFd first = start_connecting();
    const UniqueFd second = start_connecting();
    Bench bench;
    auto impatient = service();
    impatient.timeout = 30ms;
    bench.watch(impatient);

    Bench other; // the same loop: a check next to it
    std::vector<Health> heard;
    const auto neighbour =
        make_check(bench.loop, service("[::1]:7777"), std::nullopt, [&](const Health& h) { heard.push_back(h); });
    BOOST_TEST(bench.until_said(false, "no answer within 30ms"));
    BOOST_TEST(!heard.empty());
}

BOOST_AUTO_TEST_CASE(in_doubt_it_looks_sooner_than_the_interval) {
    Bench bench;
    UniqueFd server = listener();
    auto lazy = service();
    lazy.interval = 1200ms;
    bench.watch(lazy);
    BOOST_TEST(bench.until_said(true, "accepts"));
    server = UniqueFd();
    BOOST_TEST(bench.until_said(true, "(1 of 2)"));
    const auto doubted = std::chrono::steady_clock::now();
    BOOST_TEST(bench.until_said(false, "(2 of 2)"));
    BOOST_TEST((std::chrono::steady_clock::now() - doubted < 1100ms));
}

BOOST_AUTO_TEST_CASE(a_connection_to_itself_is_no_answer) {
    // The kernel has one port to connect from, which is the one to connect to.
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "7799 7799\n";
    Bench bench;
    bench.watch(service("127.0.0.1:7799"));
    BOOST_TEST(bench.until_said(false, "connection refused (1 of 2)"));
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "32768 60999\n";
}

BOOST_AUTO_TEST_CASE(stopping_does_not_wait_for_the_deadline) {
    const UniqueFd deaf = listener(0);
    const UniqueFd first = start_connecting();
    const UniqueFd second = start_connecting();
    Bench bench;
    auto patient = service();
    patient.timeout = 1h;
    bench.watch(patient);
    bench.check.reset();
    BOOST_TEST(bench.loop.run_for(4s) <= 3U);
    BOOST_TEST(bench.loop.stopped()); // nothing was left to wait for
    BOOST_TEST(bench.heard.empty());
}

BOOST_AUTO_TEST_SUITE_END()
