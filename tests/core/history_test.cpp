// The last role changes, up to a bound, the oldest first (G4).
#include "belay/core/history.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;
using namespace belay::core::testing;

namespace {

action::RoleChanged change(Term term) {
    return {.node = alpha, .from = Role::standby, .to = Role::active, .term = term, .reason = Reason{}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(history_kept)

BOOST_AUTO_TEST_CASE(the_last_ones_come_oldest_first) {
    History history;
    BOOST_TEST(history.last(5).empty());
    for (Term term = 1; term <= 3; ++term) {
        history.add(belay::Duration(term), change(term));
    }
    const auto two = history.last(2);
    BOOST_REQUIRE(two.size() == 2U);
    BOOST_TEST(two.front().change.term == 2U);
    BOOST_TEST(two.back().change.term == 3U);
    BOOST_TEST((two.back().unix_time == 3ns));
    BOOST_TEST(history.last(100).size() == 3U);
    BOOST_TEST(history.last(0).empty());
}

BOOST_AUTO_TEST_CASE(the_oldest_makes_room) {
    History history;
    for (Term term = 1; term <= History::size_max + 2; ++term) {
        history.add(belay::Duration(term), change(term));
    }
    const auto all = history.last(History::size_max + 10);
    BOOST_REQUIRE(all.size() == History::size_max);
    BOOST_TEST(all.front().change.term == 3U);
    BOOST_TEST(all.back().change.term == History::size_max + 2);
}

BOOST_AUTO_TEST_SUITE_END()
