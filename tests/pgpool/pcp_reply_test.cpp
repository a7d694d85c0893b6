#include "belay/pgpool/pcp_reply.hpp"

#include "belay/pgpool/pcp_login.hpp"

#include <boost/test/unit_test.hpp>
#include <string_view>

BOOST_AUTO_TEST_SUITE(pcp_reply)

using namespace belay;
using namespace belay::pgpool;
using namespace std::string_view_literals;

namespace {

PcpFrame frame(char type, std::string_view payload) {
    return {.type = type, .payload = std::string(payload)};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_database_node_is_read_in_words_and_in_numbers) {
    const auto words = parse_node(frame('h', "CommandComplete\0"
                                             "1\0"
                                             "10.77.0.51\0"
                                             "5432\0"
                                             "down\0"
                                             "standby\0"
                                             "2026-11-27 10:00:00\0"sv),
                                  1);
    BOOST_REQUIRE(words.has_value());
    BOOST_TEST(words->backend.host == "10.77.0.51");
    BOOST_TEST(words->backend.port == 5432);
    BOOST_TEST((words->backend.status == BackendStatus::down));
    BOOST_TEST((words->backend.role == BackendRole::standby));
    const auto numbers = parse_node(frame('h', "CommandComplete\0"
                                               "0\0h\0"
                                               "1\0"
                                               "2\0"
                                               "2\0-\0"sv),
                                    0);
    BOOST_TEST((numbers.value().backend.role == BackendRole::primary));
}

BOOST_AUTO_TEST_CASE(another_node_an_unknown_word_or_too_little_is_refused) {
    const auto refused = [](std::string_view payload) { return !parse_node(frame('h', payload), 0).has_value(); };
    BOOST_TEST(refused("CommandComplete\0"
                       "1\0h\0"
                       "1\0up\0primary\0-\0"sv));
    BOOST_TEST(refused("CommandComplete\0"
                       "0\0h\0"
                       "99999\0up\0primary\0-\0"sv));
    BOOST_TEST(refused("CommandComplete\0"
                       "0\0h\0"
                       "1\0sideways\0primary\0-\0"sv));
    BOOST_TEST(refused("CommandComplete\0"
                       "0\0h\0"sv));
    BOOST_TEST(refused(""sv));
    BOOST_TEST(!parse_count(frame('l', "CommandComplete\0"
                                       "129\0"sv))
                    .has_value());
}

BOOST_AUTO_TEST_CASE(a_complaint_has_pgpools_words_and_says_whether_it_is_fatal) {
    const PcpComplaint complaint = parse_complaint(frame('E', "SFATAL\0"
                                                              "Mcould not process promote request\0"
                                                              "Dnode id 7 is not valid\0"sv));
    BOOST_TEST(complaint.fatal);
    BOOST_TEST(complaint.text == "could not process promote request (node id 7 is not valid)");
    BOOST_TEST(!parse_complaint(frame('E', "\x01\x02")).text.empty());
}

BOOST_AUTO_TEST_CASE(the_login_is_three_times_md5) {
    const SecretBytes password(std::vector<std::uint8_t>{'s', 'e', 'c', 'r', 'e', 't'});
    const auto hash = login_hash(password, "admin", PcpSalt{'a', 'b', 'c', 'd'});
    BOOST_REQUIRE(hash.has_value());
    // printf %s "$(printf %s "$(printf secret | md5sum | cut -c-32)admin" | md5sum | cut -c-32)abcd" | md5sum
    BOOST_TEST(*hash == "c3339676c5970e069f0d5dbd5ec4022c");
}

BOOST_AUTO_TEST_SUITE_END()
