// The socket between two real namespaces, with and without the right to make one.
#include "belay/packet/raw_socket.hpp"

#include "belay/wire/arp.hpp"
#include "belay/wire/neighbour.hpp"
#include "hosts.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <sys/capability.h>

using namespace belay;
using namespace belay::packet;
using belay::testing::Hosts;

namespace {

const IpAddress vip4 = parse_ip("10.77.0.100").value();
const IpAddress vip6 = parse_ip("fd77::100").value();

/// Gives up every capability of the calling thread.
void drop_all() {
    cap_t none = ::cap_init();
    ::cap_set_proc(none);
    ::cap_free(none);
}

struct Fixture : Hosts {
    Bytes arp = wire::encode_arp_announcement(wire::ArpOperation::request, vip4, left_mac);
    Bytes advertisement = wire::encode_unsolicited_advertisement(vip6, left_mac);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(raw_socket, Fixture)

BOOST_AUTO_TEST_CASE(a_frame_arrives_as_it_was_sent) {
    BOOST_TEST(right->hear(Hearing::arp).has_value());
    BOOST_TEST(left->send(left_index, arp).has_value());
    const auto heard = hear(1);
    BOOST_REQUIRE(heard.size() == 1U);
    BOOST_TEST(heard[0].bytes == arp, boost::test_tools::per_element());
    BOOST_TEST(heard[0].ifindex == right_index);
}

BOOST_AUTO_TEST_CASE(without_any_capability_it_sends_and_is_bound_again) {
    pair.left.run([&] {
        drop_all();
        const auto another = RawSocket::open();
        BOOST_REQUIRE(!another.has_value());
        BOOST_TEST(another.error().text ==
                   "cannot open a packet socket (it needs CAP_NET_RAW): Operation not permitted");
        BOOST_TEST(right->hear(Hearing::arp).has_value());
        BOOST_TEST(left->send(left_index, arp).has_value());
        BOOST_TEST(hear(1).size() == 1U);
        BOOST_TEST(right->hear(Hearing::neighbour_advertisements).has_value());
        BOOST_TEST(left->send(left_index, advertisement).has_value());
        BOOST_TEST(hear(1).size() == 1U);
    });
}

BOOST_AUTO_TEST_CASE(nothing_is_heard_before_it_is_asked_for) {
    BOOST_TEST(left->send(left_index, arp).has_value());
    BOOST_TEST(right->hear(Hearing::arp).has_value());
    const Bytes second = wire::encode_arp_announcement(wire::ArpOperation::reply, vip4, left_mac);
    BOOST_TEST(left->send(left_index, second).has_value());
    const auto heard = hear(1);
    BOOST_REQUIRE(heard.size() == 1U);
    BOOST_TEST(heard[0].bytes == second, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_what_was_asked_for_is_heard) {
    Bytes solicitation = advertisement;
    solicitation[54] = 135;
    Bytes datagram = advertisement;
    datagram[20] = 17;
    BOOST_TEST(right->hear(Hearing::neighbour_advertisements).has_value());
    for (const Bytes* frame : {&arp, &solicitation, &datagram, &advertisement}) {
        BOOST_TEST(left->send(left_index, *frame).has_value());
    }
    const auto heard = hear(1); // frames keep their order: had one of the others been heard, it would come first
    BOOST_REQUIRE(heard.size() == 1U);
    BOOST_TEST(heard[0].bytes == advertisement, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(own_frames_and_frames_to_others_are_left_out) {
    BOOST_TEST(right->hear(Hearing::arp).has_value());
    BOOST_TEST(right->send(right_index, arp).has_value());
    Bytes to_another = arp;
    to_another[0] = 0x02;
    pair.right.shell("ip link set dev veth1 promisc on");
    BOOST_TEST(left->send(left_index, to_another).has_value());
    const Bytes last = wire::encode_arp_announcement(wire::ArpOperation::reply, vip4, left_mac);
    BOOST_TEST(left->send(left_index, last).has_value());
    const auto heard = hear(1);
    BOOST_REQUIRE(heard.size() == 1U);
    BOOST_TEST(heard[0].bytes == last, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_goes_deaf_when_told) {
    BOOST_TEST(right->hear(Hearing::arp).has_value());
    BOOST_TEST(right->hear_nothing().has_value());
    BOOST_TEST(left->send(left_index, arp).has_value());
    BOOST_TEST(right->hear(Hearing::arp).has_value());
    BOOST_TEST(left->send(left_index, arp).has_value());
    BOOST_TEST(hear(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_flood_is_taken_in_portions) {
    BOOST_TEST(right->hear(Hearing::arp).has_value());
    for (int count = 0; count < 100; ++count) {
        BOOST_TEST(left->send(left_index, arp).has_value());
    }
    std::size_t total = 0;
    BOOST_TEST(belay::testing::eventually(
        [&] {
            const std::size_t portion = right->receive().value().size();
            BOOST_TEST(portion <= RawSocket::frames_per_receive_max);
            total += portion;
            return total == 100;
        },
        right->fd()));
}

BOOST_AUTO_TEST_CASE(a_link_that_is_down_or_gone_is_named) {
    pair.left.shell("ip link set dev veth0 down");
    const auto down = left->send(left_index, arp);
    BOOST_REQUIRE(!down.has_value());
    BOOST_TEST(down.error().code == ENETDOWN);
    const auto gone = left->send(4711, arp);
    BOOST_REQUIRE(!gone.has_value());
    BOOST_TEST(gone.error().code == ENXIO);
    BOOST_TEST(gone.error().text == "cannot send a frame on interface index 4711: No such device or address");
    pair.left.shell("ip link set dev veth0 up");
    BOOST_TEST(belay::testing::eventually([&] { return left->send(left_index, arp).has_value(); }));
}

BOOST_AUTO_TEST_SUITE_END()
