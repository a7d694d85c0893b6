// The unsolicited advertisement byte by byte, and the validity rules of RFC 4861, section 7.1.2, one by one.
#include "belay/wire/neighbour.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace belay;
using namespace belay::wire;

namespace {

const IpAddress vip = parse_ip("fd77::100").value();
const MacAddress mac = parse_mac("02:00:5e:00:53:01").value();

constexpr std::size_t payload_length_offset = 18;
constexpr std::size_t message_offset = 54;
constexpr std::size_t checksum_offset = 56;
constexpr std::size_t flags_offset = 58;
constexpr std::size_t option_offset = 78;

/// The checksum again after a test changed the frame: RFC 1071 over the pseudo-header and the message, the slow way.
void repair_checksum(Bytes& frame) {
    frame[checksum_offset] = 0;
    frame[checksum_offset + 1] = 0;
    Bytes covered(frame.begin() + 22, frame.begin() + 54);
    const std::size_t length = frame.size() - message_offset;
    frame[payload_length_offset + 1] = static_cast<std::uint8_t>(length);
    for (const std::size_t byte : {std::size_t{0}, std::size_t{0}, std::size_t{0}, length, std::size_t{0},
                                   std::size_t{0}, std::size_t{0}, std::size_t{58}}) {
        covered.push_back(static_cast<std::uint8_t>(byte));
    }
    covered.insert(covered.end(), frame.begin() + message_offset, frame.end());
    if (length % 2 != 0) {
        covered.push_back(0);
    }
    std::uint32_t sum = 0;
    for (std::size_t index = 0; index + 1 < covered.size(); index += 2) {
        sum += covered[index] * 256U + covered[index + 1];
    }
    sum = (sum >> 16U) + (sum & 0xffffU);
    sum += sum >> 16U;
    frame[checksum_offset] = static_cast<std::uint8_t>(~sum >> 8U);
    frame[checksum_offset + 1] = static_cast<std::uint8_t>(~sum);
}

} // namespace

BOOST_AUTO_TEST_SUITE(neighbour)

BOOST_AUTO_TEST_CASE(unsolicited_advertisement_byte_by_byte) {
    const Bytes expected{
        0x33, 0x33, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x86, 0xdd,       // Ethernet
        0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 58,   255,                                            // IPv6
        0xfd, 0x77, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    1, 0, // from the VIP
        0xff, 0x02, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0, 1, // to all nodes
        136,  0,    0xa6, 0xae, 0x20, 0,    0,    0,                                              // override only
        0xfd, 0x77, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    1, 0, // target
        2,    1,    0x02, 0x00, 0x5e, 0x00, 0x53, 0x01};
    Bytes again = expected;
    repair_checksum(again);
    BOOST_TEST(encode_unsolicited_advertisement(vip, mac) == again, boost::test_tools::per_element());
    BOOST_TEST(again == expected, boost::test_tools::per_element());
}

/// RFC 4862, section 5.4.2: from ::, to the solicited-node group; RFC 4861, section 4.3: no option then.
BOOST_AUTO_TEST_CASE(probe_solicitation_byte_by_byte) {
    const Bytes expected{
        0x33, 0x33, 0xff, 0xcc, 0xdd, 0xee, 0x02, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x86, 0xdd,             // Ethernet
        0x60, 0x00, 0x00, 0x00, 0x00, 0x18, 58,   255,                                                  // IPv6
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    // from nobody
        0xff, 0x02, 0,    0,    0,    0,    0,    0,    0,    0,    0,    1,    0xff, 0xcc, 0xdd, 0xee, // to the group
        135,  0,    0,    0,    0,    0,    0,    0,                                                    // reserved
        0xfd, 0x77, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0xbb, 0xcc, 0xdd, 0xee};
    Bytes with_checksum = expected;
    repair_checksum(with_checksum);
    const Bytes encoded = encode_probe_solicitation(parse_ip("fd77::bbcc:ddee").value(), mac);
    BOOST_TEST(encoded == with_checksum, boost::test_tools::per_element());
    BOOST_TEST(!decode_advertisement(encoded).has_value());
}

BOOST_AUTO_TEST_CASE(an_advertisement_is_read_back) {
    const auto advertisement = decode_advertisement(encode_unsolicited_advertisement(vip, mac));
    BOOST_REQUIRE(advertisement.has_value());
    BOOST_TEST((*advertisement == NeighbourAdvertisement{.ethernet_source = mac,
                                                         .source = vip,
                                                         .target = vip,
                                                         .router = false,
                                                         .solicited = false,
                                                         .override = true,
                                                         .target_mac = mac}));
}

BOOST_AUTO_TEST_CASE(flags_and_missing_option_are_told) {
    Bytes frame = encode_unsolicited_advertisement(vip, mac);
    frame.resize(option_offset);
    frame[flags_offset] = 0xc0;
    repair_checksum(frame);
    const auto advertisement = decode_advertisement(frame);
    BOOST_REQUIRE(advertisement.has_value());
    BOOST_TEST(advertisement->router);
    BOOST_TEST(advertisement->solicited);
    BOOST_TEST(!advertisement->override);
    BOOST_TEST(!advertisement->target_mac.has_value());
}

BOOST_AUTO_TEST_CASE(other_options_are_passed_over) {
    Bytes frame = encode_unsolicited_advertisement(vip, mac);
    const Bytes unknown{14, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    frame.insert(frame.begin() + option_offset, unknown.begin(), unknown.end());
    repair_checksum(frame);
    const auto advertisement = decode_advertisement(frame);
    BOOST_REQUIRE(advertisement.has_value());
    BOOST_TEST((advertisement->target_mac == mac));
}

BOOST_AUTO_TEST_CASE(rules_of_validity) {
    const Bytes good = encode_unsolicited_advertisement(vip, mac);
    const auto refused_with = [&](std::size_t offset, std::uint8_t value) {
        Bytes bad = good;
        bad[offset] = value;
        repair_checksum(bad);
        return !decode_advertisement(bad).has_value();
    };
    BOOST_TEST(refused_with(13, 0x06), "not IPv6");
    BOOST_TEST(refused_with(14, 0x40), "not version 6");
    BOOST_TEST(refused_with(20, 0), "an extension header");
    BOOST_TEST(refused_with(21, 254), "came through a router");
    BOOST_TEST(refused_with(54, 135), "a solicitation");
    BOOST_TEST(refused_with(55, 1), "code");
    BOOST_TEST(refused_with(62, 0xff), "multicast target");
    BOOST_TEST(refused_with(79, 0), "empty option");
    BOOST_TEST(refused_with(79, 2), "option beyond the end");
    BOOST_TEST(!refused_with(79, 1));
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_of_the_message_fails_the_checksum) {
    const Bytes good = encode_unsolicited_advertisement(vip, mac);
    for (std::size_t bit = 22 * 8; bit < good.size() * 8; ++bit) {
        Bytes bad = good;
        bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        BOOST_TEST(!decode_advertisement(bad).has_value(), "bit " << bit);
    }
}

BOOST_AUTO_TEST_CASE(every_cut_and_random_bytes_are_safe) {
    const Bytes good = encode_unsolicited_advertisement(vip, mac);
    for (std::size_t size = 0; size < good.size(); ++size) {
        BOOST_TEST(!decode_advertisement(ByteView(good).first(size)).has_value(), "cut at " << size);
    }
    std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same bytes in every run
    for (int round = 0; round < 20'000; ++round) {
        Bytes frame = good;
        frame.resize(flags_offset + (random() % 64));
        for (std::size_t index = checksum_offset + 2; index < frame.size(); ++index) {
            frame[index] = static_cast<std::uint8_t>(random());
        }
        repair_checksum(frame);
        static_cast<void>(decode_advertisement(frame));
    }
}

BOOST_AUTO_TEST_SUITE_END()
