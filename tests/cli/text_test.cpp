#include "belay/cli/text.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

using namespace belay::cli;

BOOST_AUTO_TEST_SUITE(cli_text)

BOOST_AUTO_TEST_CASE(ages_as_people_say_them) {
    for (const auto& [age_ms, text] : {
             std::pair<std::int64_t, const char*>{-5, "0 ms"},
             {0, "0 ms"},
             {999, "999 ms"},
             {1000, "1.0 s"},
             {9999, "9.9 s"},
             {10'000, "10 s"},
             {59'999, "59 s"},
             {60'000, "1 min"},
             {3'599'999, "59 min"},
             {3'600'000, "1 h 0 min"},
             {86'399'999, "23 h 59 min"},
             {86'400'000, "1 d 0 h"},
             {356'400'000, "4 d 3 h"},
         }) {
        BOOST_TEST(age_text(age_ms) == text);
    }
    BOOST_TEST(age_text(std::numeric_limits<std::int64_t>::max()).ends_with(" h"));
}

BOOST_AUTO_TEST_CASE(what_peers_send_cannot_steer_the_terminal) {
    BOOST_TEST(clean("plain, bravo \xc3\xa9") == "plain, bravo \xc3\xa9");
    BOOST_TEST(clean("a\x1b[2Jb\r\n\x7f") == "a\\x1b[2Jb\\x0d\\x0a\\x7f");
    BOOST_TEST(clean("\xc2\x9b"
                     "31m") == "\\x9b31m"); // CSI as one C1 character
}

BOOST_AUTO_TEST_CASE(lines_break_at_blanks) {
    const Style narrow{.colour = false, .width = 20};
    BOOST_TEST(wrap(narrow, "", "") == "\n");
    BOOST_TEST(wrap(narrow, "* ", "one two three four five") == "* one two three four\n  five\n");
    BOOST_TEST(wrap(narrow, "* ", "one two three four  f") == "* one two three four\n  f\n");
    BOOST_TEST(wrap(narrow, "", "a-word-that-is-too-long-for-it b") == "a-word-that-is-too-long-for-it\nb\n");
    BOOST_TEST(wrap(narrow, "", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 23456789 A") ==
               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 23456789 A\n");
}

BOOST_AUTO_TEST_CASE(colours_only_where_wanted) {
    BOOST_TEST(paint({.colour = false}, Tone::bad, "down") == "down");
    BOOST_TEST(paint({.colour = true}, Tone::bad, "down") == "\x1b[1;31mdown\x1b[0m");
    BOOST_TEST(paint({.colour = true}, Tone::plain, "up") == "up");
}

BOOST_AUTO_TEST_SUITE_END()
