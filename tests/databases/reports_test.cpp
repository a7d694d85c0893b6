#include "belay/databases/reports.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(reports_suite)

using namespace belay;
using namespace belay::databases;
using message::Report;
using std::chrono::milliseconds;

namespace {

constexpr Instant start{std::chrono::seconds(10)};

Report down(std::uint32_t id, Version base = {.term = 1, .number = 1}) {
    return {.kind = Report::Kind::detached, .id = id, .base = base};
}

Table table_with(std::uint32_t id, bool attached, Version changed) {
    Table table;
    table.version = changed;
    Entry& entry = table.add(id);
    entry.attached = attached;
    entry.changed = changed;
    return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_report_is_sent_at_once_and_again_until_it_is_answered) {
    Reports reports(100);
    reports.add(start, down(1));
    BOOST_TEST(reports.due(start, false).size() == 1U);
    BOOST_TEST(reports.due(start + milliseconds(499), false).empty());
    BOOST_TEST(reports.due(start + milliseconds(500), false).size() == 1U);
    BOOST_TEST(reports.due(start + milliseconds(501), true).size() == 1U); // to another active
    const auto number = reports.pending().begin()->second.report.number;
    BOOST_TEST(number > 100U);
    reports.accept(number, {.term = 1, .number = 2});
    BOOST_TEST(reports.due(start + milliseconds(5'000), false).empty());
    BOOST_TEST(reports.pending().size() == 1U); // until the table says so
    reports.compare(table_with(1, false, {.term = 1, .number = 2}));
    BOOST_TEST(reports.pending().empty());
}

BOOST_AUTO_TEST_CASE(another_active_may_not_know_what_an_earlier_one_took) {
    Reports reports(0);
    reports.add(start, down(1));
    reports.accept(1, {.term = 1, .number = 2});
    BOOST_TEST(reports.due(start, true).size() == 1U);
    BOOST_TEST(!reports.pending().begin()->second.accepted.has_value());
}

BOOST_AUTO_TEST_CASE(a_newer_word_takes_the_place_of_an_older_one) {
    Reports reports(0);
    reports.add(start, down(1));
    Report back = down(1);
    back.kind = Report::Kind::attached;
    reports.add(start, back);
    BOOST_TEST(reports.pending().size() == 1U);
    BOOST_TEST((reports.due(start, false).front().kind == Report::Kind::attached));
    BOOST_TEST(!reports.refuse(1).has_value()); // the number of the older one
    BOOST_TEST(reports.refuse(2).has_value());
}

BOOST_AUTO_TEST_CASE(the_wish_to_run_a_command_joins_the_report_of_the_same_change) {
    Reports reports(0);
    reports.add(start, down(1));
    BOOST_TEST(reports.due(start, false).size() == 1U);
    Report with_command = down(1);
    with_command.command = CommandKind::failover;
    with_command.command_id = 1;
    reports.add(start, with_command);
    const auto again = reports.due(start, false); // at once: it says more
    BOOST_REQUIRE(again.size() == 1U);
    BOOST_TEST(again.front().number == 1U);
    reports.add(start, down(1));
    BOOST_TEST(reports.pending().begin()->second.report.command.has_value());
    BOOST_TEST(reports.due(start, false).empty());
}

BOOST_AUTO_TEST_CASE(what_the_table_overtook_is_dropped) {
    Reports reports(0);
    reports.add(start, down(1));
    reports.compare(table_with(1, true, {.term = 1, .number = 1}));
    BOOST_TEST(reports.pending().size() == 1U);
    reports.compare(table_with(1, true, {.term = 2, .number = 7}));
    BOOST_TEST(reports.pending().empty());
}

BOOST_AUTO_TEST_SUITE_END()
