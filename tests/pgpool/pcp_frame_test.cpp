#include "belay/pgpool/pcp_frame.hpp"

#include "recorded.hpp"

#include <boost/test/unit_test.hpp>
#include <string_view>

BOOST_AUTO_TEST_SUITE(pcp_frame)

using namespace belay;
using namespace belay::pgpool;
using namespace std::string_view_literals;

namespace {

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

std::string refusal_of(std::string_view bytes) {
    PcpDecoder decoder;
    decoder.feed(bytes_of(bytes));
    const auto frame = decoder.next();
    return frame ? "" : frame.error().text;
}

} // namespace

BOOST_AUTO_TEST_CASE(frames_come_out_whole_wherever_the_stream_is_cut) {
    for (const std::string name : {"login", "look", "errors", "notices"}) {
        const std::vector<PcpFrame> whole = test::recorded(name);
        const Bytes stream = bytes_of(test::recorded_bytes(name));
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            PcpDecoder decoder;
            std::vector<PcpFrame> frames;
            for (const ByteView part : {ByteView(stream).first(cut), ByteView(stream).subspan(cut)}) {
                decoder.feed(part);
                while (auto frame = decoder.next().value()) {
                    frames.push_back(*std::move(frame));
                }
            }
            BOOST_REQUIRE(frames == whole);
        }
    }
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused_before_it_takes_memory) {
    BOOST_TEST(refusal_of("h\0\0\0\x03"sv) ==
               "a frame 'h' of length 3 was announced; the least is 4, the greatest 65536");
    BOOST_TEST(refusal_of("h\0\x01\0\x01"sv).contains("of length 65537"));
    BOOST_TEST(refusal_of("h\xff\xff\xff\xff"sv).contains("of length 4294967295"));
    BOOST_TEST(refusal_of("\0"sv) == "a frame begins with byte 0x00, which is no letter");
    BOOST_TEST(refusal_of("1"sv).contains("0x31"));
    BOOST_TEST(refusal_of("h\0\x01\0\0"sv).empty()); // the greatest: its payload is waited for
}

BOOST_AUTO_TEST_CASE(a_refused_stream_stays_refused) {
    PcpDecoder decoder;
    decoder.feed(bytes_of("?"));
    BOOST_TEST(!decoder.next().has_value());
    decoder.feed(bytes_of(test::recorded_bytes("login")));
    BOOST_TEST(!decoder.next().has_value());
}

BOOST_AUTO_TEST_CASE(a_request_is_no_longer_than_pgpool_takes) {
    const std::string longest(255, 'x');
    const auto bytes = encode({.type = 'R', .payload = longest});
    BOOST_REQUIRE(bytes.has_value());
    BOOST_TEST(bytes->size() == 260U);
    BOOST_TEST(bytes->at(3) == 1);
    BOOST_TEST(bytes->at(4) == 3);
    const auto refused = encode({.type = 'R', .payload = longest + "x"});
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(refused.error().text == "a request 'R' of 260 bytes is too long for pgpool-II, which takes 259");
}

BOOST_AUTO_TEST_CASE(strings_end_with_a_nul_byte_and_may_be_empty) {
    const std::vector<std::string_view> two{"a", ""};
    BOOST_TEST((strings_of("a\0\0"sv).value() == two));
    BOOST_TEST(strings_of("").value().empty());
    BOOST_TEST(!strings_of("a\0b"sv).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
