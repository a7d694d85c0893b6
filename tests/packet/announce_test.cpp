// The oracle is the neighbour table of another real kernel: does it believe what was announced?
#include "belay/packet/announce.hpp"

#include "belay/wire/arp.hpp"
#include "belay/wire/neighbour.hpp"
#include "hosts.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace belay;
using namespace belay::packet;
using belay::testing::eventually;
using belay::testing::Hosts;

namespace {

const IpAddress vip4 = parse_ip("10.77.0.100").value();
const IpAddress vip6 = parse_ip("fd77::100").value();

bool always() {
    return true;
}

constexpr const char* old_mac = "02:00:5e:00:53:aa";

struct Fixture : Hosts {
    /// Where `right` believes the address to be; empty when it has no idea.
    std::string believed(const IpAddress& vip) const {
        const std::string entry = pair.right.output(fmt::format("ip neigh show to {} dev veth1", to_text(vip)));
        const std::size_t found = entry.find("lladdr ");
        return found == std::string::npos ? "" : entry.substr(found + 7, 17);
    }

    /// Lets `right` believe in the holder of before. The entry was made just now, so that the kernel would keep it for
    /// `locktime` against anything that it does not take for gratuitous.
    void believe_in_old_holder(const IpAddress& vip) const {
        pair.right.shell(fmt::format("ip neigh replace {} lladdr {} nud stale dev veth1", to_text(vip), old_mac));
        BOOST_REQUIRE(believed(vip) == old_mac);
    }

    bool comes_to_believe(const IpAddress& vip) const {
        return eventually([&] { return believed(vip) == to_text(left_mac); });
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(announce, Fixture)

/// The other kernel answers for what it has, and for nothing else; nobody's neighbour table changes.
BOOST_AUTO_TEST_CASE(a_probe_is_answered_by_whoever_has_the_address) {
    pair.right.shell("ip neigh flush dev veth1");
    std::vector<packet::RawSocket> ears;
    pair.left.run([&] {
        ears.push_back(packet::RawSocket::open().value());
        ears.push_back(packet::RawSocket::open().value());
    });
    BOOST_REQUIRE(ears[0].hear(Hearing::arp));
    BOOST_REQUIRE(ears[1].hear(Hearing::neighbour_advertisements));
    for (const char* address : {"10.77.0.100", "10.77.0.2", "fd77::100", "fd77::2"}) {
        BOOST_TEST(packet::probe(*left, left_index, parse_ip(address).value(), left_mac).has_value());
    }
    std::set<std::string> answers;
    BOOST_TEST(eventually([&] {
        for (auto& ear : ears) {
            const auto frames = ear.receive().value();
            for (const Frame& frame : frames) {
                if (const auto claim = claim_in(frame)) {
                    answers.insert(to_text(claim->address));
                }
            }
        }
        return answers.size() >= 2;
    }));
    BOOST_TEST((answers == std::set<std::string>{"10.77.0.2", "fd77::2"}));
    BOOST_TEST(pair.right.output("ip neigh show dev veth1").find(to_text(left_mac)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_probe_of_another_host_is_known_for_one) {
    BOOST_REQUIRE(right->hear(Hearing::arp));
    BOOST_TEST(packet::probe(*left, left_index, vip4, left_mac).has_value());
    BOOST_TEST(packet::announce(*left, left_index, vip4, left_mac, always).has_value());
    const auto frames = hear(3);
    BOOST_REQUIRE(frames.size() == 3U);
    const auto asked = arp_probe_in(frames[0]);
    BOOST_REQUIRE(asked.has_value());
    BOOST_TEST((*asked == Claim{.address = vip4, .mac = left_mac, .ifindex = right_index}));
    BOOST_TEST(!claim_in(frames[0]).has_value());
    BOOST_TEST(!arp_probe_in(frames[1]).has_value());
}

BOOST_AUTO_TEST_CASE(either_arp_form_alone_convinces_a_neighbour) {
    pair.right.sysctl("ipv4/neigh/veth1/locktime", "10000");
    for (const auto form : {wire::ArpOperation::request, wire::ArpOperation::reply}) {
        believe_in_old_holder(vip4);
        BOOST_TEST(left->send(left_index, wire::encode_arp_announcement(form, vip4, left_mac)).has_value());
        BOOST_TEST(comes_to_believe(vip4));
    }
}

BOOST_AUTO_TEST_CASE(an_advertisement_convinces_a_neighbour) {
    believe_in_old_holder(vip6);
    BOOST_TEST(packet::announce(*left, left_index, vip6, left_mac, always).has_value());
    BOOST_TEST(comes_to_believe(vip6));
}

BOOST_AUTO_TEST_CASE(a_neighbour_without_an_entry_may_learn) {
    pair.right.sysctl("ipv4/conf/veth1/arp_accept", "1");
    BOOST_TEST(packet::announce(*left, left_index, vip4, left_mac, always).has_value());
    BOOST_TEST(comes_to_believe(vip4));
}

BOOST_AUTO_TEST_CASE(an_ipv4_announcement_is_a_request_and_a_reply) {
    BOOST_TEST(right->hear(Hearing::arp).has_value());
    BOOST_TEST(packet::announce(*left, left_index, vip4, left_mac, always).has_value());
    const auto heard = hear(2);
    BOOST_REQUIRE(heard.size() == 2U);
    BOOST_TEST((wire::decode_arp(heard[0].bytes)->operation == wire::ArpOperation::request));
    BOOST_TEST((wire::decode_arp(heard[1].bytes)->operation == wire::ArpOperation::reply));
    for (const Frame& frame : heard) {
        BOOST_TEST((claim_in(frame) == Claim{.address = vip4, .mac = left_mac, .ifindex = right_index}));
    }
}

/// The lease may end between two frames of one announcement.
BOOST_AUTO_TEST_CASE(leave_is_asked_for_before_each_frame) {
    BOOST_REQUIRE(right->hear(Hearing::arp));
    int asked = 0;
    const auto only_the_first = [&asked] { return ++asked == 1; };
    BOOST_TEST(packet::announce(*left, left_index, vip4, left_mac, only_the_first).has_value());
    BOOST_TEST(asked == 2);
    // A mark behind it, to know that nothing else is under way.
    BOOST_TEST(packet::probe(*left, left_index, vip4, left_mac).has_value());
    const auto heard = hear(2);
    BOOST_REQUIRE(heard.size() == 2U);
    BOOST_TEST((wire::decode_arp(heard[0].bytes)->operation == wire::ArpOperation::request));
    BOOST_TEST(arp_probe_in(heard[1]).has_value());
}

BOOST_AUTO_TEST_CASE(without_leave_nothing_is_sent) {
    BOOST_REQUIRE(right->hear(Hearing::neighbour_advertisements));
    const IpAddress other = parse_ip("fd77::101").value();
    BOOST_TEST(packet::announce(*left, left_index, vip6, left_mac, [] { return false; }).has_value());
    BOOST_TEST(packet::announce(*left, left_index, other, left_mac, always).has_value());
    const auto heard = hear(1);
    BOOST_REQUIRE(heard.size() == 1U);
    BOOST_TEST((claim_in(heard[0])->address == other));
}

BOOST_AUTO_TEST_CASE(the_claim_of_an_advertisement_is_heard) {
    BOOST_TEST(right->hear(Hearing::neighbour_advertisements).has_value());
    BOOST_TEST(packet::announce(*left, left_index, vip6, left_mac, always).has_value());
    const auto heard = hear(1);
    BOOST_REQUIRE(heard.size() == 1U);
    BOOST_TEST((claim_in(heard[0]) == Claim{.address = vip6, .mac = left_mac, .ifindex = right_index}));
}

BOOST_AUTO_TEST_CASE(a_probe_and_noise_claim_nothing) {
    Frame probe{.ifindex = 1, .bytes = wire::encode_arp_announcement(wire::ArpOperation::request, vip4, left_mac)};
    std::fill_n(probe.bytes.begin() + 28, 4, std::uint8_t{0});
    BOOST_TEST(wire::decode_arp(probe.bytes)->is_probe());
    BOOST_TEST(!claim_in(probe).has_value());
    BOOST_TEST(!claim_in(Frame{}).has_value());
    BOOST_TEST(!claim_in(Frame{.ifindex = 1, .bytes = Bytes(200, 0x5a)}).has_value());
}

BOOST_AUTO_TEST_CASE(a_failure_names_the_vip) {
    for (const IpAddress& vip : {vip4, vip6}) {
        const Status status = packet::announce(*left, 4711, vip, left_mac, always);
        BOOST_REQUIRE(!status.has_value());
        BOOST_TEST(status.error().text ==
                   fmt::format("cannot announce {}: cannot send a frame on interface index 4711: "
                               "No such device or address",
                               to_text(vip)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
