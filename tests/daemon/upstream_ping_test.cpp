// ICMP echo to a real kernel on the other end of a wire: the right host is the gateway.
#include "belay/daemon/upstream_ping.hpp"

#include "belay/base/bytes.hpp"
#include "belay/base/unique_fd.hpp"
#include "namespace.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <initializer_list>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace belay;
using namespace belay::daemon;
using belay::testing::eventually;

namespace {

constexpr const char* gateway = "10.77.0.2";

/// The whole ICMP message of an echo reply.
Bytes echo_reply(std::uint16_t identifier, std::uint16_t sequence) {
    const std::uint32_t sum = identifier + sequence; // the type is 0, and so is the code
    Bytes packet;
    ByteWriter out(packet);
    out.put(std::uint16_t{0});
    out.put(static_cast<std::uint16_t>(~((sum & 0xffffU) + (sum >> 16U))));
    out.put(identifier);
    out.put(sequence);
    return packet;
}

struct Fixture {
    Fixture() {
        pair.left.shell("ip addr add 10.77.0.1/24 dev veth0 && ip addr add fd77::1/64 dev veth0 nodad");
        pair.right.shell("ip addr add 10.77.0.2/24 dev veth1 && ip addr add fd77::2/64 dev veth1 nodad");
        pair.left.sysctl("ipv4/ping_group_range", "0 2147483647");
        BOOST_REQUIRE(eventually(
            [&] { return pair.left.output("ip -o link show veth0").find("LOWER_UP") != std::string::npos; }));
    }

    Result<UpstreamPing> open(const char* to, const char* interface = "veth0") {
        Result<UpstreamPing> ping = fail("not opened");
        pair.left.run([&] { ping = UpstreamPing::open(parse_ip(to).value(), interface); });
        return ping;
    }

    /// The next reply; nothing after ten seconds.
    static std::optional<std::uint16_t> next(UpstreamPing& ping) {
        std::optional<std::uint16_t> heard;
        static_cast<void>(eventually([&] { return (heard = ping.receive()).has_value(); }, ping.fd()));
        return heard;
    }

    /// The right host sends an echo reply that nobody asked it for, as coming from `from`.
    void forge(const char* from, std::uint16_t identifier, std::uint16_t sequence) {
        pair.right.run([&] {
            const UniqueFd socket(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
            sockaddr_in address{};
            address.sin_family = AF_INET;
            BOOST_REQUIRE(::inet_pton(AF_INET, from, &address.sin_addr) == 1);
            const auto* const generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
            BOOST_REQUIRE(::bind(socket.get(), generic, sizeof(address)) == 0);
            BOOST_REQUIRE(::inet_pton(AF_INET, "10.77.0.1", &address.sin_addr) == 1);
            const Bytes packet = echo_reply(identifier, sequence);
            BOOST_REQUIRE(::sendto(socket.get(), packet.data(), packet.size(), 0, generic, sizeof(address)) > 0);
        });
    }

    static std::uint16_t identifier_of(const UpstreamPing& ping) {
        sockaddr_in address{};
        socklen_t size = sizeof(address);
        BOOST_REQUIRE(::getsockname(ping.fd(), static_cast<sockaddr*>(static_cast<void*>(&address)), &size) == 0);
        return ntohs(address.sin_port);
    }

    belay::testing::Pair pair;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(upstream_ping, Fixture)

BOOST_AUTO_TEST_CASE(the_gateway_answers_each_question_by_its_number) {
    for (const char* const to : {gateway, "fd77::2"}) {
        UpstreamPing ping = open(to).value();
        BOOST_TEST(!ping.receive().has_value());
        for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{1, 2, 0xff00, 0xffff}) {
            BOOST_REQUIRE(ping.ask(sequence));
            BOOST_TEST(next(ping).value() == sequence);
        }
        BOOST_TEST(!ping.receive().has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_reply_of_somebody_else_is_none) {
    pair.right.shell("ip addr add 10.77.0.3/24 dev veth1");
    UpstreamPing ping = open(gateway).value();
    forge("10.77.0.3", identifier_of(ping), 7);
    forge(gateway, identifier_of(ping), 8); // on the same wire, behind it
    BOOST_TEST(next(ping).value() == 8);
}

BOOST_AUTO_TEST_CASE(an_icmp_error_hides_no_reply_that_waits_behind_it) {
    const auto counted = [&](const char* counter) {
        return pair.left.output(fmt::format("nstat -az {0} | grep -c '^{0} *1 '", counter)).starts_with('1');
    };
    pair.right.sysctl("ipv4/ip_forward", "1");
    pair.right.shell("ip route add prohibit 10.78.0.9");
    pair.left.shell("ip route add 10.78.0.9 via 10.77.0.2");
    UpstreamPing ping = open("10.78.0.9").value();
    BOOST_REQUIRE(ping.ask(1));
    BOOST_REQUIRE(eventually([&] { return counted("IcmpInDestUnreachs"); }));
    pair.right.shell("ip route del prohibit 10.78.0.9 && ip addr add 10.78.0.9/32 dev lo");
    forge("10.78.0.9", identifier_of(ping), 2);
    BOOST_REQUIRE(eventually([&] { return counted("IcmpInEchoReps"); }));
    BOOST_TEST(ping.receive().value_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(without_the_right_the_sysctl_is_named) {
    pair.left.sysctl("ipv4/ping_group_range", "1 0");
    const auto ping = open(gateway);
    BOOST_REQUIRE(!ping);
    BOOST_TEST(ping.error().text.find("net.ipv4.ping_group_range") != std::string::npos, ping.error().text);
}

BOOST_AUTO_TEST_CASE(without_a_way_it_says_so) {
    const auto ping = open("fd78::9"); // for IPv4 the kernel takes it to be on the link then
    BOOST_REQUIRE(!ping);
    BOOST_TEST(ping.error().text.find("cannot find a way to the gateway fd78::9") == 0U, ping.error().text);
    BOOST_TEST(open(gateway, "eth9").error().text.find("cannot bind the ping socket to eth9") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
