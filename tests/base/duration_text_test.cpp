#include "belay/base/duration_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(duration_text)

BOOST_AUTO_TEST_CASE(reads_every_unit) {
    BOOST_TEST((belay::parse_duration("250us").value() == 250us));
    BOOST_TEST((belay::parse_duration("100ms").value() == 100ms));
    BOOST_TEST((belay::parse_duration("2 s").value() == 2s));
    BOOST_TEST((belay::parse_duration("30min").value() == 30min));
    BOOST_TEST((belay::parse_duration("0ms").value() == 0ms));
}

BOOST_AUTO_TEST_CASE(refuses_what_would_be_a_guess) {
    for (const char* text :
         {"", "ms", "-5ms", "5", "1.5s", "5 minutes", "5m", "9223372036854775807s", "99999999999999999999ms", "5ms "}) {
        BOOST_TEST(!belay::parse_duration(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(tells_the_missing_unit) {
    BOOST_TEST(belay::parse_duration("5").error().text ==
               "'5' has no unit; write us, ms, s or min behind it, as in 5ms");
}

BOOST_AUTO_TEST_CASE(prints_the_largest_whole_unit) {
    BOOST_TEST(belay::to_text(90s) == "90s");
    BOOST_TEST(belay::to_text(120s) == "2min");
    BOOST_TEST(belay::to_text(1500us) == "1500us");
    BOOST_TEST(belay::to_text(7ns) == "7ns");
    BOOST_TEST(belay::to_text(0s) == "0ms");
}

BOOST_AUTO_TEST_SUITE_END()
