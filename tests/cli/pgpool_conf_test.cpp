#include "belay/cli/pgpool_conf.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::cli;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// The value of `x` in a line, or the fault: "!column text".
std::string value_of(const std::string& line) {
    const PgpoolConf conf = parse_pgpool_conf(line);
    if (!conf.faults.empty()) {
        return "!" + std::to_string(conf.faults.front().column) + " " + conf.faults.front().text;
    }
    const PgpoolSetting* const setting = conf.find("x");
    return setting == nullptr ? "(none)" : setting->value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_pgpool_conf)

BOOST_AUTO_TEST_CASE(names_values_and_comments) {
    BOOST_TEST(value_of("x = 'a b'") == "a b");
    BOOST_TEST(value_of("  X='a'# comment") == "a");
    BOOST_TEST(value_of("x 5") == "5");
    BOOST_TEST(value_of("x = eth0:0/24") == "eth0:0/24");
    BOOST_TEST(value_of("x = ''\r") == "");
    BOOST_TEST(value_of("x = 'a # b'") == "a # b");
    BOOST_TEST(value_of("x = 10 s # two words") == "10s");
    BOOST_TEST(value_of("# x = 5") == "(none)");
    BOOST_TEST(value_of("") == "(none)");
}

BOOST_AUTO_TEST_CASE(quotes_inside_of_quotes) {
    BOOST_TEST(value_of("x = 'it''s'") == "it's");
    BOOST_TEST(value_of("x = 'it\\'s'") == "it's");
    BOOST_TEST(value_of("x = 'a\\\\b\\tc\\d'") == "a\\b\tcd");
    BOOST_TEST(value_of("x = ''''") == "'");
    BOOST_TEST(parse_pgpool_conf("x = 'it''s \\'a\\\\'  # b").find("x")->raw == "it''s \\'a\\\\");
    BOOST_TEST(parse_pgpool_conf("x = 5").find("x")->raw == "5");
}

BOOST_AUTO_TEST_CASE(faults_have_a_place) {
    BOOST_TEST(value_of("x = 'open").starts_with("!5 the quotes of 'x' are not closed"));
    BOOST_TEST(value_of("x = 'open''").starts_with("!5 "));
    BOOST_TEST(value_of("x = 'open\\").starts_with("!5 "));
    BOOST_TEST(value_of("x = 'a' b").starts_with("!9 text after the value"));
    BOOST_TEST(value_of("x =").starts_with("!1 'x' has no value"));
    BOOST_TEST(value_of("x # = 5").starts_with("!1 'x' has no value"));
    BOOST_TEST(value_of("= 5").starts_with("!1 this is neither"));
    BOOST_TEST(value_of(std::string("x = 'a\0b'", 9)).contains("NUL"));
    BOOST_TEST(value_of(std::string("#x = a\0", 7)).contains("NUL")); // found by tests/fuzz: it went into the diff
}

BOOST_AUTO_TEST_CASE(the_last_one_counts_and_comments_show_defaults) {
    const PgpoolConf conf = parse_pgpool_conf("#y = '/var/run'\nx = 1\nx = 2\n# prose: z = 5\n#w is 5\nx = 3");
    BOOST_TEST(conf.find("x")->value == "3");
    BOOST_TEST(conf.find("x")->line == 6U);
    BOOST_TEST(conf.find_commented("y")->value == "/var/run");
    BOOST_TEST(conf.commented.size() == 1U);
    BOOST_TEST(conf.settings.size() == 3U);
    BOOST_TEST(conf.lines.size() == 6U);
    BOOST_TEST(!conf.final_newline);
}

BOOST_AUTO_TEST_CASE(flags_by_any_prefix_of_their_own) {
    for (const char* yes : {"on", "ON", "t", "true", "Y", "1"}) {
        BOOST_TEST((pgpool_flag(yes) == true), yes);
    }
    for (const char* no : {"off", "of", "F", "no", "n", "0"}) {
        BOOST_TEST((pgpool_flag(no) == false), no);
    }
    for (const char* neither : {"o", "", "onn", "2", "maybe"}) {
        BOOST_TEST(!pgpool_flag(neither), neither);
    }
}

BOOST_AUTO_TEST_CASE(times_with_and_without_a_unit) {
    BOOST_TEST((pgpool_time("10", seconds(1)) == seconds(10)));
    BOOST_TEST((pgpool_time("10ms", seconds(1)) == milliseconds(10)));
    BOOST_TEST((pgpool_time("2 min", seconds(1)) == seconds(120)));
    BOOST_TEST((pgpool_time("1h", seconds(1)) == seconds(3600)));
    BOOST_TEST((pgpool_time("1d", seconds(1)) == seconds(86400)));
    for (const char* wrong : {"", "s", "-1", "1 S", "1kB", "99999999999999d"}) {
        BOOST_TEST(!pgpool_time(wrong, seconds(1)), wrong);
    }
    BOOST_TEST((pgpool_number("127", 127) == 127U));
    BOOST_TEST(!pgpool_number("128", 127));
    BOOST_TEST(!pgpool_number("1x", 127));
}

BOOST_AUTO_TEST_SUITE_END()
