#include "belay/pgpool/pcp_frame.hpp"

#include "belay/pgpool/pcp_request.hpp"

#include <boost/test/unit_test.hpp>
#include <string_view>

BOOST_AUTO_TEST_SUITE(pcp_frame)

using namespace belay;
using namespace belay::pgpool;

namespace {

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

} // namespace

BOOST_AUTO_TEST_CASE(requests_are_laid_out_as_pgpools_tools_do) {
    using namespace std::string_view_literals;
    BOOST_TEST((encode(ask_node(2).frame).value() == bytes_of("H\0\0\0\x06"
                                                              "2\0"sv)));
    BOOST_TEST((encode(command_request(command::SwitchOver{.id = 1}).frame).value() == bytes_of("J\0\0\0\x09"
                                                                                                "1 \0s\0"sv)));
    BOOST_TEST((encode(say_goodbye().frame).value() == bytes_of("X\0\0\0\x04"sv)));
    BOOST_TEST(!encode({.type = 'R', .payload = std::string(300, 'x')}).has_value());
}

BOOST_AUTO_TEST_CASE(frames_come_out_whole_wherever_the_stream_is_cut) {
    using namespace std::string_view_literals;
    const Bytes stream = bytes_of("r\0\0\0\x15"
                                  "AuthenticationOK\0"
                                  "m\0\0\0\x08"
                                  "abcd"sv);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        PcpDecoder decoder;
        decoder.feed(ByteView(stream).first(cut));
        std::vector<PcpFrame> frames;
        while (auto frame = decoder.next().value()) {
            frames.push_back(*frame);
        }
        decoder.feed(ByteView(stream).subspan(cut));
        while (auto frame = decoder.next().value()) {
            frames.push_back(*frame);
        }
        BOOST_REQUIRE(frames.size() == 2U);
        BOOST_TEST(frames[0].payload == "AuthenticationOK\0"sv);
        BOOST_TEST(frames[1].payload == "abcd");
    }
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused_before_it_takes_memory) {
    using namespace std::string_view_literals;
    for (const std::string_view bad : {"H\0\0\0\x03"sv, "H\x7f\xff\xff\xff"sv, "\0\0\0\0\x08"sv, "1"sv}) {
        PcpDecoder decoder;
        decoder.feed(bytes_of(bad));
        BOOST_TEST(!decoder.next().has_value());
    }
    BOOST_TEST(!strings_of("no end").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
