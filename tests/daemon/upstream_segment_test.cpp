// What an interface of a real kernel tells about its segment.
#include "belay/daemon/upstream_segment.hpp"

#include "namespace.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::daemon;

namespace {

struct Fixture {
    Fixture() {
        pair.left.shell("ip link set dev veth0 address 02:00:5e:00:53:01");
        pair.right.shell("ip link set dev veth1 address 02:00:5e:00:53:02");
    }

    Result<Segment> look(const std::string& interface) {
        Result<Segment> segment;
        pair.left.run([&] { segment = look_at_segment(interface); });
        return segment;
    }

    bool ours(const char* mac) {
        bool is = false;
        pair.left.run([&] { is = is_ours(parse_mac(mac).value()); });
        return is;
    }

    belay::testing::Pair pair;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(upstream_segment, Fixture)

BOOST_AUTO_TEST_CASE(an_interface_without_an_address) {
    const Segment segment = look("veth0").value();
    BOOST_TEST(segment.ifindex > 0);
    BOOST_TEST(to_text(segment.mac) == "02:00:5e:00:53:01");
    BOOST_TEST(to_text(segment.own) == "0.0.0.0");
    BOOST_TEST(segment.length == 0);
}

BOOST_AUTO_TEST_CASE(what_an_operator_changes_is_seen_at_the_next_look) {
    pair.left.shell("ip addr add 10.77.0.1/22 dev veth0");
    BOOST_TEST(to_text(look("veth0").value().own) == "10.77.0.1");
    BOOST_TEST(look("veth0").value().length == 22);
    pair.left.shell("ip addr flush dev veth0 && ip addr add 10.78.0.1/31 dev veth0");
    BOOST_TEST(to_text(look("veth0").value().own) == "10.78.0.1");
    BOOST_TEST(look("veth0").value().length == 31);
}

BOOST_AUTO_TEST_CASE(no_interface_and_no_ethernet_are_errors_that_name_it) {
    BOOST_TEST(look("eth9").error().text.find("cannot find interface eth9") == 0U);
    BOOST_TEST(look("lo").error().text == "interface lo is no Ethernet, so there is no ARP on it");
}

BOOST_AUTO_TEST_CASE(the_macs_of_all_interfaces_are_ours) {
    pair.left.shell("ip link add veth8 address 02:00:5e:00:53:03 type veth peer name veth9");
    BOOST_TEST(ours("02:00:5e:00:53:01"));
    BOOST_TEST(ours("02:00:5e:00:53:03"));
    BOOST_TEST(!ours("02:00:5e:00:53:02")); // the right host's
}

BOOST_AUTO_TEST_CASE(networks_end_at_any_bit) {
    const auto same = [](const char* left, const char* right, std::uint8_t length) {
        return same_network(parse_ip(left).value(), parse_ip(right).value(), length);
    };
    BOOST_TEST(same("10.77.0.1", "10.77.0.254", 24));
    BOOST_TEST(!same("10.77.0.1", "10.77.1.1", 24));
    BOOST_TEST(same("10.77.0.126", "10.77.0.127", 31));
    BOOST_TEST(!same("10.77.0.127", "10.77.0.128", 25));
    BOOST_TEST(!same("10.77.0.1", "10.77.0.2", 32));
    BOOST_TEST(same("10.77.0.1", "10.77.0.1", 32));
    BOOST_TEST(same("10.77.0.1", "192.0.2.1", 0));
    BOOST_TEST(!same("10.77.0.1", "fd77::1", 0));
}

BOOST_AUTO_TEST_SUITE_END()
