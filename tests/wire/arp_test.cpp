// The frames byte by byte, as Linux and RFC 5227 want them, and the decoder against everything else.
#include "belay/wire/arp.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace belay;
using namespace belay::wire;

namespace {

const IpAddress vip = parse_ip("10.77.0.100").value();
const MacAddress mac = parse_mac("02:00:5e:00:53:01").value();

constexpr std::size_t operation_offset = 20;
constexpr std::size_t sender_ip_offset = 28;
constexpr std::size_t target_ip_offset = 38;

} // namespace

BOOST_AUTO_TEST_SUITE(arp)

BOOST_AUTO_TEST_CASE(request_form_asks_everybody_for_its_own_address) {
    const Bytes expected{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x06,
                         0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01,
                         10,   77,   0,    100,  0,    0,    0,    0,    0,    0,    10,   77,   0,    100};
    BOOST_TEST(encode_arp_announcement(ArpOperation::request, vip, mac) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reply_form_repeats_the_mac_as_target) {
    const Bytes expected{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x06,
                         0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01,
                         10,   77,   0,    100,  0x02, 0x00, 0x5e, 0x00, 0x53, 0x01, 10,   77,   0,    100};
    BOOST_TEST(encode_arp_announcement(ArpOperation::reply, vip, mac) == expected, boost::test_tools::per_element());
}

/// RFC 5227, section 2.1.1: sender IP address all zero, target hardware address all zero, target IP address the one
/// asked for; broadcast.
BOOST_AUTO_TEST_CASE(a_probe_asks_everybody_and_claims_nothing) {
    const Bytes expected{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x06,
                         0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01,
                         0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    10,   77,   0,    100};
    BOOST_TEST(encode_arp_probe(vip, mac) == expected, boost::test_tools::per_element());
    BOOST_TEST(decode_arp(expected)->is_probe());
}

BOOST_AUTO_TEST_CASE(an_announcement_is_read_back) {
    for (const auto form : {ArpOperation::request, ArpOperation::reply}) {
        const auto message = decode_arp(encode_arp_announcement(form, vip, mac));
        BOOST_REQUIRE(message.has_value());
        BOOST_TEST((message->operation == form));
        BOOST_TEST((message->sender_ip == vip));
        BOOST_TEST((message->target_ip == vip));
        BOOST_TEST((message->sender_mac == mac));
        BOOST_TEST((message->ethernet_source == mac));
        BOOST_TEST(message->is_announcement());
        BOOST_TEST(!message->is_probe());
    }
}

BOOST_AUTO_TEST_CASE(a_question_and_a_probe_are_no_announcements) {
    Bytes question = encode_arp_announcement(ArpOperation::request, vip, mac);
    question[target_ip_offset + 3] = 7;
    BOOST_TEST(!decode_arp(question)->is_announcement());
    BOOST_TEST(!decode_arp(question)->is_probe());
    std::fill_n(question.begin() + sender_ip_offset, 4, std::uint8_t{0});
    BOOST_TEST(decode_arp(question)->is_probe());
    BOOST_TEST(!decode_arp(question)->is_announcement());
    std::fill_n(question.begin() + target_ip_offset, 4, std::uint8_t{0});
    BOOST_TEST(!decode_arp(question)->is_probe());
    BOOST_TEST(!decode_arp(question)->is_announcement());
}

BOOST_AUTO_TEST_CASE(every_cut_is_refused_and_padding_is_not) {
    Bytes frame = encode_arp_announcement(ArpOperation::request, vip, mac);
    for (std::size_t size = 0; size < frame.size(); ++size) {
        BOOST_TEST(!decode_arp(ByteView(frame).first(size)).has_value(), "cut at " << size);
    }
    frame.resize(60);
    BOOST_TEST(decode_arp(frame).has_value());
}

BOOST_AUTO_TEST_CASE(other_protocols_and_operations_are_refused) {
    const Bytes good = encode_arp_announcement(ArpOperation::request, vip, mac);
    for (std::size_t offset = 12; offset < 22; ++offset) {
        Bytes bad = good;
        bad[offset] ^= 0x40U;
        BOOST_TEST(!decode_arp(bad).has_value(), "byte " << offset);
    }
    for (const std::uint8_t operation : {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{8}}) {
        Bytes bad = good;
        bad[operation_offset + 1] = operation;
        BOOST_TEST(!decode_arp(bad).has_value());
    }
}

BOOST_AUTO_TEST_CASE(random_bytes_are_safe) {
    std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same bytes in every run
    for (int round = 0; round < 20'000; ++round) {
        Bytes frame(random() % 80);
        for (auto& byte : frame) {
            byte = static_cast<std::uint8_t>(random());
        }
        BOOST_TEST(!decode_arp(frame).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
