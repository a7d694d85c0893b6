#include "belay/cli/ini_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::cli;

BOOST_AUTO_TEST_SUITE(cli_ini_text)

BOOST_AUTO_TEST_CASE(sections_keys_and_comments) {
    IniText ini;
    ini.comment("why");
    ini.section("vip main");
    ini.key("address", "10.77.0.100");
    ini.blank();
    ini.comment(std::string(90, 'x') + " yyyyyyyyyy", 2);
    ini.line("a\nb");
    BOOST_TEST(ini.text() == "; why\n[vip main]\naddress = 10.77.0.100\n\n;   " + std::string(90, 'x') +
                                 "\n;   yyyyyyyyyy\n; a\\x0ab\n");
    BOOST_TEST(ini.unwritable().empty());
}

BOOST_AUTO_TEST_CASE(what_an_ini_file_cannot_say_is_said_so) {
    for (const char* value : {"", " a", "a ", "a ;b", "a #b", "#a", "a\nb", "a\tb\x01"}) {
        IniText ini;
        ini.key("query", value);
        BOOST_TEST(ini.text().starts_with("; query = "), value);
        BOOST_TEST(ini.unwritable().size() == 1U, value);
    }
    IniText ini;
    ini.key("query", "a;b#c");
    ini.key("long", std::string(2000, 'x'));
    BOOST_TEST(ini.text().starts_with("query = a;b#c\n; long = "));
    BOOST_TEST(quoted_for_comment(std::string(159, 'x') + "\xc3\xa9").ends_with("x..."));
}

BOOST_AUTO_TEST_SUITE_END()
