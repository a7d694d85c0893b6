#include "belay/config/ini.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::config::ini;
using belay::config::Position;

BOOST_AUTO_TEST_SUITE(ini)

BOOST_AUTO_TEST_CASE(every_part_knows_where_it_stands) {
    const Document document = parse("; comment\n[node alpha]\n  info =  10.0.0.1:1 ; here\n");
    BOOST_TEST_REQUIRE(document.sections.size() == 1U);
    const Section& section = document.sections[0];
    BOOST_TEST(section.kind == "node");
    BOOST_TEST(section.name == "alpha");
    BOOST_TEST((section.at == Position{2, 2}));
    BOOST_TEST((section.name_at == Position{2, 7}));
    BOOST_TEST_REQUIRE(section.entries.size() == 1U);
    BOOST_TEST(section.entries[0].key == "info");
    BOOST_TEST(section.entries[0].value == "10.0.0.1:1");
    BOOST_TEST((section.entries[0].key_at == Position{3, 3}));
    BOOST_TEST((section.entries[0].value_at == Position{3, 11}));
    BOOST_TEST(document.faults.empty());
    BOOST_TEST((document.end == Position{3, 1}));
}

BOOST_AUTO_TEST_CASE(a_comment_needs_a_blank_before_it) {
    const Document document = parse("[a]\nk=x;y#z\nl=x ;y\nm=x\t#y\n#n=1\n ;o=1\n");
    BOOST_TEST_REQUIRE(document.sections[0].entries.size() == 3U);
    BOOST_TEST(document.sections[0].entries[0].value == "x;y#z");
    BOOST_TEST(document.sections[0].entries[1].value == "x");
    BOOST_TEST(document.sections[0].entries[2].value == "x");
}

BOOST_AUTO_TEST_CASE(byte_order_mark_and_crlf_change_nothing) {
    const Document document = parse("\xef\xbb\xbf[a]\r\nk = v\r\n");
    BOOST_TEST(document.faults.empty());
    BOOST_TEST((document.sections.at(0).at == Position{1, 2}));
    BOOST_TEST(document.sections[0].entries.at(0).value == "v");
}

BOOST_AUTO_TEST_CASE(a_value_may_hold_equals_signs_and_utf8) {
    const Document document = parse("[a]\nk = b=c\nl = /srv/gr\xc3\xbc\xc3\x9f/\xe2\x82\xac\xf0\x9f\xa7\x97\n");
    BOOST_TEST(document.faults.empty());
    BOOST_TEST(document.sections[0].entries.at(0).value == "b=c");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_found) {
    for (const char* value : {"a\x01", "a\x7f", "a\xc2\x85", "a\xc0\xaf", "a\xed\xa0\x80", "a\xf4\x90\x80\x80", "a\xc3",
                              "a\xff", "a\xe2\x82", "a\r"}) {
        const Document document = parse(std::string("[a]\nk = ") + value + " b\n");
        BOOST_TEST_REQUIRE(document.faults.size() == 1U, value);
        BOOST_TEST((document.faults[0].at == Position{2, 6}));
        BOOST_TEST(!document.sections[0].entries.at(0).readable);
    }
}

BOOST_AUTO_TEST_CASE(lines_up_to_the_limit_are_read) {
    const std::string fits = "k = " + std::string(line_size_max - 4, 'x');
    BOOST_TEST(parse("[a]\n" + fits).faults.empty());
    const Document document = parse("[a]\n" + fits + "x\nl = 1\n");
    BOOST_TEST_REQUIRE(document.faults.size() == 1U);
    BOOST_TEST((document.faults[0].at == Position{2, line_size_max + 1}));
    BOOST_TEST(document.sections[0].entries.size() == 1U);
}

BOOST_AUTO_TEST_CASE(reading_goes_on_after_a_fault) {
    const Document document = parse("x\n[a\nk = 1\n= 2\nl =\nm = 3\n");
    BOOST_TEST(document.faults.size() == 4U);
    BOOST_TEST(document.sections.at(0).kind == "a");
    BOOST_TEST(document.sections[0].entries.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
