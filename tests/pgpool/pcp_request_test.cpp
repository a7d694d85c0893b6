#include "belay/pgpool/pcp_request.hpp"

#include <boost/test/unit_test.hpp>
#include <string_view>

BOOST_AUTO_TEST_SUITE(pcp_request)

using namespace belay;
using namespace belay::pgpool;
using namespace std::string_view_literals;

namespace {

std::string bytes_of(const PcpRequest& request) {
    const Bytes bytes = encode(request.frame).value();
    return {bytes.begin(), bytes.end()};
}

} // namespace

// The bytes were taken by pgpool-II 4.3.5.
BOOST_AUTO_TEST_CASE(requests_are_laid_out_as_pgpools_tools_do) {
    BOOST_TEST(bytes_of(ask_salt()) == "M\0\0\0\x04"sv);
    BOOST_TEST(bytes_of(log_in("me", "12")) == "R\0\0\0\x0a"
                                               "me\0"
                                               "12\0"sv);
    BOOST_TEST(bytes_of(ask_count()) == "L\0\0\0\x04"sv);
    BOOST_TEST(bytes_of(ask_node(12)) == "H\0\0\0\x07"
                                         "12\0"sv);
    BOOST_TEST(bytes_of(ask_reload()) == "Z\0\0\0\x06l\0"sv);
    BOOST_TEST(bytes_of(say_goodbye()) == "X\0\0\0\x04"sv);
}

BOOST_AUTO_TEST_CASE(each_command_has_its_letter_and_its_answer) {
    const auto letters = [](const Command& command) {
        const PcpRequest request = command_request(command);
        return std::string{request.frame.type, request.answer};
    };
    BOOST_TEST(letters(command::Detach{.id = 1}) == "Dd");
    BOOST_TEST(letters(command::Attach{.id = 1}) == "Cc");
    BOOST_TEST(letters(command::Recover{.id = 1}) == "Oc");
    BOOST_TEST(letters(command::Claim{.id = 1}) == "Jd");
    BOOST_TEST(command_request(command::Claim{.id = 1}).frame.payload == "1 \0n\0"sv);
    BOOST_TEST(command_request(command::SwitchOver{.id = 1}).frame.payload == "1 \0s\0"sv);
}

BOOST_AUTO_TEST_SUITE_END()
