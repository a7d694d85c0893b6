#include "belay/daemon/database_events.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(database_events)

using namespace belay;
using namespace belay::daemon;
using databases::CommandKind;
using databases::CommandState;
using databases::Table;

namespace {

Table one(bool attached, std::uint64_t number) {
    Table table;
    table.version = {.term = 1, .number = number};
    table.add(2) = {.id = 2,
                    .host = "10.77.0.52",
                    .port = 5432,
                    .attached = attached,
                    .changed = table.version,
                    .by = NodeId{7},
                    .why = "its pgpool-II detached it"};
    return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_change_is_told_once_with_who_and_why) {
    const auto events = changes_between(one(true, 1), one(false, 2));
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST(event_of(events[0].kind) == "database_detached");
    BOOST_TEST(events[0].id == 2U);
    BOOST_TEST((events[0].by == NodeId{7}));
    BOOST_TEST(events[0].reason == "database 2 at 10.77.0.52:5432: its pgpool-II detached it");
    BOOST_TEST(is_trouble(events[0].kind));
    BOOST_TEST(changes_between(one(false, 2), one(false, 2)).empty());
}

BOOST_AUTO_TEST_CASE(a_new_primary_names_the_old_one) {
    Table before = one(false, 2);
    before.primary = 2;
    before.primary_changed = {.term = 1, .number = 1};
    Table after = before;
    after.primary = 0;
    after.primary_changed = {.term = 1, .number = 3};
    const auto events = changes_between(before, after);
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST(events[0].reason == "database 0 is the primary, after database 2");
}

BOOST_AUTO_TEST_CASE(a_command_is_told_when_it_is_given_and_when_it_ends) {
    Table before = one(false, 2);
    Table after = before;
    after.grant(CommandKind::failover, 2, NodeId{9});
    auto events = changes_between(before, after);
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST(event_of(events[0].kind) == "guard_granted");
    before = after;
    after.grants.front().state = CommandState::failed;
    after.grants.front().exit_code = 3;
    events = changes_between(before, after);
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST(event_of(events[0].kind) == "guard_failed");
    BOOST_TEST(events[0].reason ==
               "the command for failover of database 2 ended with exit code 3; it is not run again");
}

BOOST_AUTO_TEST_CASE(of_what_nobody_ran_nothing_is_told) { // the first table of a cluster
    Table after = one(false, 2);
    after.grant(CommandKind::failover, 2, NodeId{});
    after.grants.front().state = CommandState::done;
    const auto events = changes_between(Table{}, after);
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST(event_of(events[0].kind) == "database_detached");
}

BOOST_AUTO_TEST_CASE(the_last_ones_are_kept) {
    DatabaseEvents events;
    for (std::size_t number = 0; number < DatabaseEvents::events_max + 5; ++number) {
        events.add({.id = static_cast<std::uint32_t>(number)});
    }
    const auto last = events.last(2);
    BOOST_REQUIRE(last.size() == 2U);
    BOOST_TEST(last[1].id == DatabaseEvents::events_max + 4);
    BOOST_TEST(events.last(5'000).size() == DatabaseEvents::events_max);
}

BOOST_AUTO_TEST_SUITE_END()
