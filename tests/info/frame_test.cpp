#include "belay/info/frame.hpp"

#include <boost/test/unit_test.hpp>

using belay::Bytes;
using belay::info::encode_frame;
using belay::info::frame_bytes_max;
using belay::info::FrameDecoder;

BOOST_AUTO_TEST_SUITE(frame)

BOOST_AUTO_TEST_CASE(a_frame_is_its_length_and_its_payload) {
    const Bytes expected{0, 0, 0, 3, 'a', 'b', 'c'};
    const auto frame = encode_frame("abc");
    BOOST_REQUIRE(frame.has_value());
    BOOST_TEST(*frame == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stream_cut_into_single_bytes_gives_the_same_payloads) {
    Bytes stream = encode_frame("first").value();
    const Bytes second = encode_frame("").value();
    const Bytes third = encode_frame("third").value();
    stream.insert(stream.end(), second.begin(), second.end());
    stream.insert(stream.end(), third.begin(), third.end());

    FrameDecoder decoder;
    std::vector<std::string> payloads;
    for (const std::uint8_t byte : stream) {
        decoder.feed(std::span(&byte, 1));
        const auto payload = decoder.next();
        BOOST_REQUIRE(payload.has_value());
        if (payload->has_value()) {
            payloads.push_back(**payload);
        }
    }
    const std::vector<std::string> expected{"first", "", "third"};
    BOOST_TEST(payloads == expected, boost::test_tools::per_element());
    BOOST_TEST(!decoder.mid_frame());
}

BOOST_AUTO_TEST_CASE(two_frames_that_come_together_are_two_payloads) {
    Bytes stream = encode_frame("one").value();
    const Bytes second = encode_frame("two").value();
    stream.insert(stream.end(), second.begin(), second.end());
    FrameDecoder decoder;
    decoder.feed(stream);
    BOOST_TEST(decoder.next().value().value() == "one");
    BOOST_TEST(decoder.mid_frame());
    BOOST_TEST(decoder.next().value().value() == "two");
    BOOST_TEST(!decoder.next().value().has_value());
}

BOOST_AUTO_TEST_CASE(the_longest_frame_passes_and_one_byte_more_does_not) {
    const std::string longest(frame_bytes_max, 'x');
    FrameDecoder decoder;
    decoder.feed(encode_frame(longest).value());
    BOOST_TEST(decoder.next().value().value().size() == frame_bytes_max);
    BOOST_TEST(!encode_frame(longest + "x").has_value());
}

BOOST_AUTO_TEST_CASE(a_length_above_the_limit_fails_with_its_fourth_byte) {
    FrameDecoder decoder;
    decoder.feed(Bytes{0xff, 0xff, 0xff});
    BOOST_TEST(decoder.next().has_value());
    decoder.feed(Bytes{0xff});
    const auto payload = decoder.next();
    BOOST_REQUIRE(!payload.has_value());
    BOOST_TEST(payload.error().text == "a frame of 4294967295 bytes was announced; the limit is 262144");

    FrameDecoder just_above;
    just_above.feed(Bytes{0, 4, 0, 1});
    BOOST_TEST(!just_above.next().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
