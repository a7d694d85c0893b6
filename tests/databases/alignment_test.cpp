// One pgpool-II and the table: what is told, what is news, and what is only the effect of what was told before.

#include "belay/databases/alignment.hpp"

#include <boost/test/unit_test.hpp>
#include <variant>

BOOST_AUTO_TEST_SUITE(alignment)

using namespace belay;
using namespace belay::databases;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Table table_with(bool attached, std::uint64_t number) {
    Table table{.version = {.term = 1, .number = number}};
    Entry& entry = table.add(2);
    entry.attached = attached;
    entry.changed = table.version;
    return table;
}

pgpool::View view_with(bool attached) {
    pgpool::View view;
    view.reachable = true;
    view.backends.push_back({.id = 2, .status = attached ? pgpool::BackendStatus::up : pgpool::BackendStatus::down});
    return view;
}

/// Time, a pgpool-II's words, the reports.
struct Fixture {
    Instant now{seconds(100)};
    Alignment alignment;
    Reports reports{0};

    void seen(bool attached, const Table& table) {
        now += milliseconds(10);
        alignment.seen(now, view_with(attached), table, reports);
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_change_that_nobody_asked_for_is_news, Fixture) {
    const Table table = table_with(true, 1);
    seen(true, table);
    BOOST_TEST(reports.pending().empty());
    seen(false, table);
    BOOST_TEST(reports.pending().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_an_operator_repeats_soon_is_no_echo_of_what_was_asked_for, Fixture) {
    seen(true, table_with(true, 1));
    BOOST_REQUIRE(alignment.due(now, table_with(false, 2), reports).size() == 1U); // detach
    seen(false, table_with(false, 2));
    BOOST_REQUIRE(alignment.asked_for(now, 2, false));                            // its hook may come still
    BOOST_REQUIRE(alignment.due(now, table_with(true, 3), reports).size() == 1U); // attach
    seen(true, table_with(true, 3));
    BOOST_TEST(!alignment.asked_for(now, 2, false)); // pgpool-II does one thing after another
    seen(false, table_with(true, 3));                // an operator detached it
    BOOST_TEST(reports.pending().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(nor_is_it_when_what_was_asked_for_came_about_while_nobody_could_look, Fixture) {
    seen(true, table_with(true, 1));
    BOOST_REQUIRE(alignment.due(now, table_with(false, 2), reports).size() == 1U); // detach
    alignment.seen(now, pgpool::View{}, table_with(false, 2), reports);            // its PCP process restarts
    seen(false, table_with(false, 2));
    BOOST_REQUIRE(alignment.asked_for(now, 2, false));                            // its hook may come still
    BOOST_REQUIRE(alignment.due(now, table_with(true, 3), reports).size() == 1U); // attach
    seen(true, table_with(true, 3));
    BOOST_TEST(!alignment.asked_for(now, 2, false));
    seen(false, table_with(true, 3)); // an operator detached it
    BOOST_TEST(reports.pending().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(nor_when_the_opposite_came_about_while_nobody_could_look, Fixture) {
    seen(true, table_with(true, 1));
    BOOST_REQUIRE(alignment.due(now, table_with(false, 2), reports).size() == 1U); // detach
    seen(false, table_with(false, 2));
    BOOST_REQUIRE(alignment.due(now, table_with(true, 3), reports).size() == 1U); // attach
    alignment.seen(now, pgpool::View{}, table_with(true, 3), reports);
    seen(true, table_with(true, 3));
    BOOST_TEST(!alignment.asked_for(now, 2, false));
    seen(false, table_with(true, 3)); // an operator detached it
    BOOST_TEST(reports.pending().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_was_surely_not_taken_has_no_echo, Fixture) {
    for (const bool maybe_taken : {false, true}) {
        seen(true, table_with(true, 1));
        const auto detach = alignment.due(now, table_with(false, 2), reports);
        BOOST_REQUIRE(detach.size() == 1U);
        alignment.told(now, detach.front(), "the connection was lost", maybe_taken);
        BOOST_TEST(alignment.asked_for(now, 2, false) == maybe_taken);
        now += seconds(3);
    }
}

BOOST_FIXTURE_TEST_CASE(a_repeat_that_was_not_taken_leaves_the_echo_of_the_first, Fixture) {
    seen(true, table_with(true, 1));
    BOOST_REQUIRE(alignment.due(now, table_with(false, 2), reports).size() == 1U); // taken, and queued for long
    now += seconds(4);
    const auto again = alignment.due(now, table_with(false, 2), reports);
    BOOST_REQUIRE(again.size() == 1U);
    alignment.told(now, again.front(), "the connection was lost", false);
    BOOST_TEST(alignment.asked_for(now, 2, false));
}

BOOST_FIXTURE_TEST_CASE(what_was_asked_for_is_no_news_when_the_table_changed_meanwhile, Fixture) {
    seen(false, table_with(true, 1));
    const auto attach = alignment.due(now, table_with(true, 1), reports);
    BOOST_REQUIRE(attach.size() == 1U);
    BOOST_TEST(std::holds_alternative<pgpool::command::Attach>(attach.front()));
    const Table changed = table_with(false, 2); // another node says that it is down
    seen(false, changed);
    BOOST_TEST(alignment.due(now, changed, reports).empty());
    BOOST_TEST(alignment.asked_for(now, 2, true)); // so a hook that says so is an echo
    BOOST_TEST(!alignment.asked_for(now, 2, false));
    BOOST_TEST(alignment.asked_for(now + minutes(5), 2, true)); // a search for a primary may take so long
    BOOST_TEST(!alignment.asked_for(now + minutes(7), 2, true));
    seen(true, changed); // only now it was attached
    BOOST_TEST(reports.pending().empty());
    const auto detach = alignment.due(now, changed, reports);
    BOOST_REQUIRE(detach.size() == 1U);
    BOOST_TEST(std::holds_alternative<pgpool::command::Detach>(detach.front()));
}

BOOST_FIXTURE_TEST_CASE(what_was_asked_for_and_never_came_is_forgotten, Fixture) {
    seen(false, table_with(true, 1));
    BOOST_TEST(alignment.due(now, table_with(true, 1), reports).size() == 1U);
    const Table changed = table_with(false, 2);
    seen(false, changed);
    now += minutes(7);
    seen(false, changed);
    seen(true, changed);
    BOOST_TEST(reports.pending().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_database_that_is_being_recovered_is_left_alone, Fixture) {
    const Table table = table_with(false, 1);
    seen(true, table); // after a time without an answer
    BOOST_TEST(reports.pending().empty());
    BOOST_TEST(alignment.due(now, table, reports, {2}).empty());
    BOOST_TEST(alignment.due(now, table, reports, {}).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
