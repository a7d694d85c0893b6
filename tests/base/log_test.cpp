#include "belay/base/log.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(fields_are_stable_and_quoted_when_needed) {
    BOOST_TEST(belay::log::format_line("role", {{"node", "alpha"}, {"term", 7}, {"reason", "lease ran out"}}) ==
               R"(role node=alpha term=7 reason="lease ran out")");
    BOOST_TEST(belay::log::format_line("x", {{"empty", ""}}) == R"(x empty="")");
}

BOOST_AUTO_TEST_CASE(foreign_bytes_cannot_forge_a_line) {
    BOOST_TEST(belay::log::format_line("peer", {{"said", "a\nrole to=active \"x\""}}) ==
               R"(peer said="a\x0arole to=active \"x\"")");
}

BOOST_AUTO_TEST_SUITE_END()
