#include "belay/daemon/role_feed.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

BOOST_AUTO_TEST_SUITE(role_feed)

using namespace belay;
using namespace belay::daemon;
using core::Role;

namespace {

core::action::RoleChanged became(Role role) {
    return {.node = NodeId{1}, .from = Role::standby, .to = role, .term = 7, .reason = {}};
}

std::vector<std::uint64_t> numbers(const std::vector<NumberedChange>& changes) {
    std::vector<std::uint64_t> numbers;
    for (const NumberedChange& change : changes) {
        numbers.push_back(change.number);
    }
    return numbers;
}

} // namespace

BOOST_AUTO_TEST_CASE(before_the_first_change_there_is_nothing) {
    const RoleFeed feed(100);
    BOOST_TEST(feed.since(std::nullopt).empty());
    BOOST_TEST(feed.since(3).empty());
    BOOST_TEST(feed.next_number() == 100U);
}

BOOST_AUTO_TEST_CASE(a_newcomer_gets_the_present_role_only) {
    RoleFeed feed(100);
    feed.add({}, became(Role::standby));
    feed.add(std::chrono::seconds(5), became(Role::active));
    const auto changes = feed.since(std::nullopt);
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST(changes[0].number == 101U);
    BOOST_TEST((changes[0].change.to == Role::active));
    BOOST_TEST((changes[0].unix_time == std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(a_follower_gets_what_came_since) {
    RoleFeed feed(100);
    for (int count = 0; count < 4; ++count) {
        feed.add({}, became(Role::standby));
    }
    BOOST_TEST(numbers(feed.since(101)) == (std::vector<std::uint64_t>{102, 103}));
    BOOST_TEST(feed.since(103).empty());
}

/// Its numbers are those of an earlier run, or of nobody.
BOOST_AUTO_TEST_CASE(numbers_from_elsewhere_are_as_none) {
    RoleFeed feed(100);
    feed.add({}, became(Role::standby));
    feed.add({}, became(Role::active));
    BOOST_TEST(numbers(feed.since(40)) == (std::vector<std::uint64_t>{100, 101})); // an earlier run: all is new
    BOOST_TEST(numbers(feed.since(102)) == (std::vector<std::uint64_t>{101}));     // never given out
}

BOOST_AUTO_TEST_CASE(it_is_bounded_and_the_oldest_go) {
    RoleFeed feed(0);
    for (std::size_t count = 0; count < RoleFeed::size_max + 10; ++count) {
        feed.add({}, became(Role::standby));
    }
    const auto changes = feed.since(0);
    BOOST_TEST(changes.size() == RoleFeed::size_max);
    BOOST_TEST(changes.front().number == 10U);
    BOOST_TEST(changes.back().number == feed.next_number() - 1);
}

BOOST_AUTO_TEST_SUITE_END()
