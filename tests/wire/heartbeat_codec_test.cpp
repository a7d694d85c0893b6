#include "belay/wire/heartbeat_codec.hpp"

#include "full_packet.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <string_view>

using belay::Bytes;
using belay::Duration;
using belay::Instant;
using belay::wire::decode;
using belay::wire::encode;
using belay::wire::Packet;
using belay::wire::packet_size;
using belay::wire::Reject;

namespace {

/// With room for a MAC, which decode() does not look at.
Bytes encoded(const Packet& packet) {
    Bytes bytes;
    encode(packet, bytes);
    bytes.resize(packet_size);
    return bytes;
}

std::string_view refusal(const Bytes& bytes) {
    const auto packet = decode(bytes);
    return packet ? "accepted" : to_text(packet.error());
}

/// Where a byte of the layout is; fixed numbers on purpose, since the layout is a contract between versions.
constexpr std::size_t at_version = 4;
constexpr std::size_t at_kind = 5;
constexpr std::size_t at_padding = 6;
constexpr std::size_t at_sender = 24;
constexpr std::size_t at_sent = 160;
constexpr std::size_t at_message = 168;
constexpr std::size_t at_count = at_message + 3;
constexpr std::size_t at_highest_term = at_message + 24;
constexpr std::size_t at_promise_remaining = at_message + 32 + 2 * 56;
constexpr std::size_t at_released = at_promise_remaining + 16;
constexpr std::size_t at_answer = at_released + 5 * 56 + 8;
constexpr std::size_t at_verdict = at_answer + 56 + 32 + 1;
constexpr std::size_t at_why = at_verdict + 1 + 6;

} // namespace

BOOST_AUTO_TEST_SUITE(heartbeat_codec)

BOOST_AUTO_TEST_CASE(the_layout_has_one_size) {
    BOOST_TEST(packet_size == 912U);
    BOOST_TEST(encoded({}).size() == packet_size);
    BOOST_TEST(encoded(belay::wire::test::full_packet()).size() == packet_size);
}

BOOST_AUTO_TEST_CASE(every_field_comes_back) {
    const Packet packet = belay::wire::test::full_packet();
    const auto back = decode(encoded(packet));
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((*back == packet));

    Packet bare;
    bare.header.sender = packet.header.sender;
    bare.header.incarnation = packet.header.incarnation;
    const auto bare_back = decode(encoded(bare));
    BOOST_REQUIRE(bare_back.has_value());
    BOOST_TEST((*bare_back == bare));
}

BOOST_AUTO_TEST_CASE(the_envelope_is_read_without_decoding) {
    const Packet packet = belay::wire::test::full_packet();
    const auto envelope = belay::wire::peek(encoded(packet));
    BOOST_REQUIRE(envelope.has_value());
    BOOST_TEST(envelope->cluster == packet.header.cluster);
    BOOST_TEST(envelope->key == packet.header.key);
    BOOST_TEST((envelope->sender == packet.header.sender));
    BOOST_TEST((envelope->receiver == packet.header.receiver));
}

BOOST_AUTO_TEST_CASE(every_other_size_is_refused) {
    const Bytes whole = encoded(belay::wire::test::full_packet());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        BOOST_TEST(refusal(cut) == "size");
        BOOST_TEST((belay::wire::peek(cut).error() == Reject::size));
    }
    Bytes longer = whole;
    longer.push_back(0);
    BOOST_TEST(refusal(longer) == "size");
    BOOST_TEST((belay::wire::peek(longer).error() == Reject::size));
}

BOOST_AUTO_TEST_CASE(each_impossible_value_has_its_own_reason) {
    const auto with = [](std::size_t place, std::uint8_t value) {
        Bytes bytes = encoded(belay::wire::test::full_packet());
        bytes.at(place) = value;
        return refusal(bytes);
    };
    BOOST_TEST(with(0, 0) == "magic");
    BOOST_TEST(with(at_version, 2) == "version");
    BOOST_TEST(with(at_kind, 0) == "kind");
    BOOST_TEST(with(at_kind, 3) == "kind");
    BOOST_TEST(with(at_padding, 1) == "padding");
    BOOST_TEST(with(at_message, 0) == "role");
    BOOST_TEST(with(at_message, 6) == "role");
    BOOST_TEST(with(at_message + 1, 0x3f) == "padding");
    BOOST_TEST(with(at_message + 2, 4) == "request");
    BOOST_TEST(with(at_count, 5) == "count");
    BOOST_TEST(with(at_count, 255) == "count");
    BOOST_TEST(with(at_count, 3) == "padding"); // the fourth ballot is there and must not be
    BOOST_TEST(with(at_highest_term, 0x80) == "term");
    BOOST_TEST(with(at_released, 0x80) == "term");
    BOOST_TEST(with(at_promise_remaining, 0x80) == "duration");
    BOOST_TEST(with(at_promise_remaining, 0x41) == "duration");
    BOOST_TEST(with(at_answer + 56, 0xff) == "instant");
    BOOST_TEST(with(at_answer + 56 + 8, 0xff) == "duration");
    BOOST_TEST(with(at_answer + 56 + 16, 0xff) == "term");
    BOOST_TEST(with(at_sent, 0xff) == "instant");
    BOOST_TEST(with(at_verdict - 1, 4) == "request");
    BOOST_TEST(with(at_verdict, 0) == "verdict");
    BOOST_TEST(with(at_verdict, 5) == "verdict");
    BOOST_TEST(with(at_verdict + 1, 1) == "padding");
    BOOST_TEST(with(at_why, static_cast<std::uint8_t>(belay::core::why_last) + 1) == "reason");
    BOOST_TEST(with(at_why + 1, 161) == "reason");
    BOOST_TEST(with(at_why + 2, 1) == "padding");
    BOOST_TEST(with(at_why + 8 + 159, 1) == "padding");
    BOOST_TEST(with(at_message + 1, 0x0f) == "padding"); // an answer without the flag that announces it
}

BOOST_AUTO_TEST_CASE(a_packet_without_an_author_is_refused) {
    Packet nobody = belay::wire::test::full_packet();
    nobody.header.sender = {};
    BOOST_TEST(refusal(encoded(nobody)) == "identity");
    Packet no_run = belay::wire::test::full_packet();
    no_run.header.incarnation = {};
    BOOST_TEST(refusal(encoded(no_run)) == "identity");
    BOOST_TEST(encoded(no_run).at(at_sender) == encoded(belay::wire::test::full_packet()).at(at_sender));
}

BOOST_AUTO_TEST_CASE(a_duration_without_end_is_sent_as_the_longest_one) {
    Packet packet = belay::wire::test::full_packet();
    packet.message.promise_remaining = Duration::max();
    const auto back = decode(encoded(packet));
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((back->message.promise_remaining == belay::wire::duration_max));
}

BOOST_AUTO_TEST_CASE(any_bytes_decode_or_are_refused_and_what_decodes_encodes_to_the_same) {
    const Bytes good = encoded(belay::wire::test::full_packet());
    std::uint64_t state = 1; // a fixed seed: xorshift64 (Marsaglia)
    const auto random = [&state] {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        return state;
    };
    std::size_t decoded = 0;
    for (int round = 0; round < 20'000; ++round) {
        Bytes bytes = good;
        for (std::uint64_t changes = random() % 4; changes > 0; --changes) {
            bytes.at(random() % belay::wire::body_size) = static_cast<std::uint8_t>(random());
        }
        if (const auto packet = decode(bytes)) {
            ++decoded;
            BOOST_REQUIRE(encoded(*packet) == bytes);
        }
    }
    BOOST_TEST(decoded > 1'000U);
    BOOST_TEST(decoded < 20'000U);
}

BOOST_AUTO_TEST_SUITE_END()
