// The fence in a real kernel: what passes, what does not, and when. A host with a VIP (left), a client (right), and
// another host on a second network (far).
#include "belay/netlink/fence.hpp"

#include "belay/base/clock.hpp"
#include "fence_network.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <sys/capability.h>

using namespace belay;
using namespace belay::netlink;
using belay::testing::eventually;
using belay::testing::FencedHost;
using Kind = Arming::Kind;

namespace {

constexpr Duration lease = std::chrono::seconds(20); // longer than any case takes
constexpr const char* v4 = "10.77.0.100";
constexpr const char* v6 = "fd77::100";

/// To everybody, from a MAC address of nobody.
Bytes frame_of(std::uint8_t ethertype_high, std::uint8_t ethertype_low) {
    return {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x77, ethertype_high, ethertype_low};
}

void append(Bytes& frame, const std::string& address) {
    const IpAddress ip = parse_ip(address).value();
    frame.insert(frame.end(), ip.view().begin(), ip.view().end());
}

Bytes ipv4_packet_from(const std::string& source) {
    Bytes frame = frame_of(0x08, 0x00);
    frame.insert(frame.end(), {0x45, 0, 0, 20, 0, 0, 0, 0, 64, IPPROTO_UDP, 0, 0});
    append(frame, source);
    append(frame, "10.77.0.2");
    return frame;
}

Bytes ipv6_packet_from(const std::string& source, std::uint8_t protocol = IPPROTO_NONE, std::uint8_t length = 0) {
    Bytes frame = frame_of(0x86, 0xdd);
    frame.insert(frame.end(), {0x60, 0, 0, 0, 0, length, protocol, 255});
    append(frame, source);
    append(frame, "ff02::1");
    return frame;
}

/// A neighbour advertisement (RFC 4861, section 4.4) without options.
Bytes advertisement_of(const std::string& target, const std::string& source) {
    Bytes frame = ipv6_packet_from(source, IPPROTO_ICMPV6, 24);
    frame.insert(frame.end(), {136, 0, 0, 0, 0x20, 0, 0, 0});
    append(frame, target);
    return frame;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(fence, FencedHost)

BOOST_AUTO_TEST_CASE(closed_it_is_silent_for_the_vips_and_for_nothing_else) {
    BOOST_TEST(silent(right, v4));
    BOOST_TEST(!learned(right, v4)); // no answer to ARP
    BOOST_TEST(silent(right, v6));
    BOOST_TEST(!learned(right, v6)); // no answer to a solicitation
    BOOST_TEST(reaches(right, "10.77.0.1"));
    BOOST_TEST(reaches(right, "fd77::1"));
}

BOOST_AUTO_TEST_CASE(a_client_that_knows_the_mac_address_gets_no_answer_either) {
    const std::string mac = "02:00:00:00:00:01";
    left.shell("ip link set dev veth0 address " + mac);
    right.shell(fmt::format("ip neigh replace {} lladdr {} dev veth1", v4, mac));
    right.shell(fmt::format("ip neigh replace {} lladdr {} dev veth1", v6, mac));
    BOOST_TEST(silent(right, v4));
    BOOST_TEST(silent(right, v6));
    open();
    BOOST_TEST(reaches(right, v4));
    BOOST_TEST(reaches(right, v6));
}

BOOST_AUTO_TEST_CASE(asked_on_another_interface_it_is_silent_too) {
    far.shell(fmt::format("ip route add {}/32 dev veth3", v4));
    BOOST_TEST(silent(far, v4));
    BOOST_TEST(!learned(far, v4));
    open();
    BOOST_TEST(reaches(far, v4));
}

BOOST_AUTO_TEST_CASE(nothing_leaves_from_a_vip) {
    BOOST_TEST(silent(left, fmt::format("-I {} 10.77.0.2", v4)));
    BOOST_TEST(silent(left, fmt::format("-I {} fd77::2", v6)));
    BOOST_TEST(reaches(left, "-I 10.77.0.1 10.77.0.2"));
    open();
    BOOST_TEST(reaches(left, fmt::format("-I {} 10.77.0.2", v4)));
    BOOST_TEST(reaches(left, fmt::format("-I {} fd77::2", v6)));
}

BOOST_AUTO_TEST_CASE(packets_translated_to_the_vip_do_not_come_in) {
    left.shell("ip addr add 10.77.0.77/32 dev veth0");
    left.shell("nft 'table ip other { chain before { type nat hook prerouting priority dstnat; "
               "ip daddr 10.77.0.77 dnat to 10.77.0.100; }; }'");
    look_for(left, "input", "ip daddr 10.77.0.100");
    BOOST_TEST(silent(right, "10.77.0.77"));
    BOOST_TEST(!saw(left));
    open();
    BOOST_TEST(reaches(right, "10.77.0.77"));
    BOOST_TEST(saw(left));
}

BOOST_AUTO_TEST_CASE(packets_translated_from_the_vip_do_not_go_out) {
    left.shell("nft 'table ip other { chain after { type nat hook postrouting priority srcnat; "
               "ip daddr 10.77.0.2 snat to 10.77.0.100; }; }'");
    look_for(right, "prerouting", "ip saddr 10.77.0.100");
    // Without egress chains, as on older kernels: those would stop it as well.
    BOOST_REQUIRE(fence->build({.vips = vips(), .egress_devices = {}}));
    BOOST_TEST(silent(left, "10.77.0.2"));
    BOOST_TEST(!saw(right));
    open();
    BOOST_TEST(reaches(left, "10.77.0.2"));
    BOOST_TEST(saw(right));
}

BOOST_AUTO_TEST_CASE(what_is_for_the_vip_is_stopped_before_it_is_given_another_destination) {
    left.sysctl("ipv4/ip_forward", "1");
    left.shell("nft 'table ip other { chain before { type nat hook prerouting priority dstnat; "
               "ip daddr 10.77.0.100 dnat to 10.78.0.2; }; }'");
    left.shell("ip link set dev veth0 address 02:00:00:00:00:01");
    right.shell(fmt::format("ip neigh replace {} lladdr 02:00:00:00:00:01 dev veth1", v4));
    look_for(far, "prerouting", "ip protocol icmp");
    BOOST_TEST(silent(right, v4));
    BOOST_TEST(!saw(far));
    open();
    static_cast<void>(silent(right, v4));
    BOOST_TEST(saw(far));
}

BOOST_AUTO_TEST_CASE(a_bridge_passes_on_what_is_for_another_host) {
    // left bridges right and far, and br_netfilter shows it every frame that passes.
    left.shell("ip link add name br0 type bridge; ip link set dev br0 up; ip addr flush dev veth0; "
               "ip link set dev veth0 master br0; ip link set dev veth2 master br0");
    for (const char* const name : {"iptables", "ip6tables", "arptables"}) {
        left.sysctl(fmt::format("bridge/bridge-nf-call-{}", name), "1");
    }
    far.shell(fmt::format("ip addr add {}/24 dev veth3; ip addr add {}/64 dev veth3 nodad", v4, v6));
    BOOST_REQUIRE(fence->build({.vips = vips(), .egress_devices = {"br0", "veth0"}}));
    BOOST_TEST(reaches(right, v4));
    BOOST_TEST(reaches(right, v6));
}

BOOST_AUTO_TEST_CASE(a_packet_socket_cannot_speak_for_the_vip) {
    BOOST_REQUIRE(fence->guards_egress());
    BOOST_TEST(announce(left, "veth0", v4) == ENOBUFS);
    BOOST_TEST(announce(left, "veth0", "10.77.0.1") == 0);
    open();
    BOOST_TEST(announce(left, "veth0", v4) == 0);
}

BOOST_AUTO_TEST_CASE(nor_send_packets_from_it_or_advertise_it) {
    struct Speech {
        const char* what;
        Bytes of_the_vip;
        Bytes of_another;
    };

    const std::vector<Speech> speeches{{"an IPv4 packet", ipv4_packet_from(v4), ipv4_packet_from("10.77.0.1")},
                                       {"an IPv6 packet", ipv6_packet_from(v6), ipv6_packet_from("fd77::1")},
                                       {"an advertisement from another address", advertisement_of(v6, "fd77::1"),
                                        advertisement_of("fd77::1", "fd77::1")}};
    for (const Speech& speech : speeches) {
        BOOST_TEST(send_frame(left, "veth0", speech.of_the_vip) == ENOBUFS, speech.what);
        BOOST_TEST(send_frame(left, "veth0", speech.of_another) == 0, speech.what);
    }
    open();
    for (const Speech& speech : speeches) {
        BOOST_TEST(send_frame(left, "veth0", speech.of_the_vip) == 0, speech.what);
    }
}

BOOST_AUTO_TEST_CASE(a_standby_uses_and_learns_the_vip_of_another_host) {
    left.shell(fmt::format("ip addr del {}/32 dev veth0; ip addr del {}/128 dev veth0", v4, v6));
    right.shell(fmt::format("ip addr add {}/32 dev veth1; ip addr add {}/128 dev veth1 nodad", v4, v6));
    BOOST_TEST(reaches(left, v4));
    BOOST_TEST(reaches(left, v6));
    left.shell(fmt::format("ip neigh replace {} lladdr 02:00:00:00:00:99 dev veth0 nud stale", v4));
    BOOST_TEST(announce(right, "veth1", v4) == 0);
    BOOST_TEST(eventually(
        [&] { return left.output(fmt::format("ip neigh show {}", v4)).find("00:99") == std::string::npos; }));
}

BOOST_AUTO_TEST_CASE(a_router_forwards_to_and_from_the_vip_of_another_host) {
    left.shell(fmt::format("ip addr del {}/32 dev veth0; ip route add {}/32 via 10.78.0.2", v4, v4));
    left.sysctl("ipv4/ip_forward", "1");
    far.shell(fmt::format("ip addr add {}/32 dev veth3; ip route add 10.77.0.0/24 via 10.78.0.1", v4));
    right.shell(fmt::format("ip route add {}/32 via 10.77.0.1", v4));
    BOOST_TEST(reaches(right, v4));
}

BOOST_AUTO_TEST_CASE(a_lease_that_ends_closes_it_without_anybody) {
    const Instant until = boot_now() + std::chrono::milliseconds(400);
    const Arming arming = fence->arm(until);
    BOOST_REQUIRE((arming.kind == Kind::armed));
    BOOST_TEST((arming.until <= until));
    BOOST_TEST((arming.until > until - std::chrono::milliseconds(100)));
    fence.reset(); // the daemon is gone
    BOOST_TEST(eventually([&] { return boot_now() > until; }));
    BOOST_TEST(elements(left, "lease").empty());
    BOOST_TEST(silent(right, v4));
    BOOST_TEST(silent(right, v6));
}

BOOST_AUTO_TEST_CASE(armed_again_it_lasts_longer) {
    BOOST_REQUIRE((fence->arm(boot_now() + std::chrono::milliseconds(200)).kind == Kind::armed));
    const Instant first_end = boot_now() + std::chrono::milliseconds(200);
    open();
    BOOST_TEST(eventually([&] { return boot_now() > first_end; }));
    BOOST_TEST(reaches(right, v4));
    BOOST_TEST(reaches(right, v6));
    BOOST_TEST(announce(left, "veth0", v4) == 0);
}

BOOST_AUTO_TEST_CASE(closing_is_at_once_and_may_be_repeated) {
    open();
    BOOST_REQUIRE(fence->close());
    BOOST_TEST(silent(right, v4));
    BOOST_TEST(announce(left, "veth0", v4) == ENOBUFS);
    BOOST_TEST(fence->close().has_value());
}

BOOST_AUTO_TEST_CASE(too_little_time_closes) {
    open();
    BOOST_TEST((fence->arm(boot_now() + Fence::least_time()).kind == Kind::too_short));
    BOOST_TEST(elements(left, "lease").empty());
    open();
    BOOST_TEST((fence->arm(boot_now() - lease).kind == Kind::too_short));
    BOOST_TEST(elements(left, "lease").empty());
}

BOOST_AUTO_TEST_CASE(built_again_it_is_closed_and_guards_what_was_asked_for) {
    open();
    BOOST_REQUIRE(fence->build({.vips = {parse_ip("10.77.0.1").value()}, .egress_devices = {"veth0"}}));
    BOOST_TEST(silent(right, "10.77.0.1"));
    BOOST_TEST(reaches(right, v4));
}

BOOST_AUTO_TEST_CASE(built_without_devices_it_leaves_no_egress_chain_that_stays_closed) {
    BOOST_REQUIRE(fence->build({.vips = vips(), .egress_devices = {}}));
    BOOST_TEST(!fence->guards_egress());
    BOOST_TEST(left.output("nft list tables") == "table inet belay\ntable arp belay\n");
    open();
    BOOST_TEST(announce(left, "veth0", v4) == 0);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_others_stays) {
    left.shell("nft 'table inet other { set s { type ipv4_addr; flags timeout; elements = { 10.77.9.9 timeout 1h }; }; "
               "chain c { type filter hook input priority 0; ip saddr 10.77.9.9 drop; }; }'");
    left.shell("nft 'table ip belay { chain c { }; }'"); // our name in a family that is not ours
    const auto others = [&] {
        return left.output("nft -s list table inet other | grep -v elements; nft list table ip belay");
    };
    const std::string before = others();
    open();
    BOOST_REQUIRE(fence->close());
    build();
    BOOST_REQUIRE(fence->remove());
    BOOST_TEST(others() == before);
    BOOST_TEST(left.output("nft list tables") == "table inet other\ntable ip belay\n");
    BOOST_TEST(fence->remove().has_value());
}

BOOST_AUTO_TEST_CASE(tables_that_are_gone_are_told) {
    left.shell("nft delete table inet belay");
    BOOST_TEST((fence->arm(boot_now() + lease).kind == Kind::lost));
    BOOST_TEST(fence->close().error().code == ENOENT);
    build();
    left.shell("nft delete table arp belay");
    BOOST_TEST((fence->arm(boot_now() + lease).kind == Kind::lost));
    build();
    open();
}

BOOST_AUTO_TEST_CASE(a_device_that_is_not_there_costs_the_egress_chains_only) {
    BOOST_REQUIRE(fence->build({.vips = vips(), .egress_devices = {"none0"}}));
    BOOST_TEST((fence->guards_egress() || !fence->egress_problem().empty()));
    BOOST_TEST(silent(right, v4));
    open();
    BOOST_TEST(reaches(right, v4));
}

BOOST_AUTO_TEST_CASE(thousands_of_vips_are_guarded_at_once) {
    FencedSet many{.vips = {}, .egress_devices = {"veth0"}};
    for (unsigned number = 0; number < 5000; ++number) {
        many.vips.push_back(parse_ip(fmt::format("10.77.{}.{}", 1 + (number / 250), 1 + (number % 250))).value());
        many.vips.push_back(parse_ip(fmt::format("fd77::1:{:x}", number)).value());
    }
    many.vips.push_back(parse_ip(v4).value());
    BOOST_REQUIRE(fence->build(many));
    BOOST_TEST(silent(right, v4));
    open();
    BOOST_TEST(reaches(right, v4));
}

BOOST_AUTO_TEST_CASE(without_the_right_it_says_so) {
    left.run([&] { // in a thread of its own: effective capabilities belong to threads
        cap_t none = ::cap_init();
        ::cap_set_proc(none);
        ::cap_free(none);
        const auto refused = Fence::open();
        BOOST_REQUIRE(!refused);
        BOOST_TEST(refused.error().code == EPERM);
        BOOST_TEST(refused.error().text.find("nf_tables") != std::string::npos);
    });
}

BOOST_AUTO_TEST_SUITE_END()
