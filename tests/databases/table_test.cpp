#include "belay/databases/table.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(table)

using namespace belay;
using namespace belay::databases;

namespace {

Table two() {
    Table table;
    for (const std::uint32_t id : {1U, 0U}) {
        Entry& entry = table.add(id);
        entry.attached = true;
        entry.changed = {.term = 1, .number = 1};
    }
    return table;
}

} // namespace

BOOST_AUTO_TEST_CASE(database_nodes_stand_in_the_order_of_their_ids) {
    const Table table = two();
    BOOST_TEST(table.entries.front().id == 0U);
    BOOST_TEST(table.entries.back().id == 1U);
    BOOST_TEST(table.find(2) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_command_belongs_to_the_change_that_it_follows) {
    Table table = two();
    BOOST_TEST(!table.change_of(CommandKind::failover, 1).has_value()); // it is attached
    BOOST_TEST(table.change_of(CommandKind::failback, 1).has_value());
    BOOST_TEST(!table.change_of(CommandKind::follow_primary, 1).has_value()); // no primary
    table.find(1)->attached = false;
    table.find(1)->changed = {.term = 1, .number = 2};
    BOOST_TEST((table.change_of(CommandKind::failover, 1) == Version{.term = 1, .number = 2}));
}

BOOST_AUTO_TEST_CASE(a_newer_change_has_a_command_of_its_own) {
    Table table = two();
    table.find(1)->attached = false;
    table.find(1)->changed = {.term = 1, .number = 2};
    table.grant(CommandKind::failover, 1, NodeId{7});
    BOOST_TEST((table.grant_of(CommandKind::failover, 1)->node == NodeId{7}));
    table.find(1)->changed = {.term = 1, .number = 5};
    BOOST_TEST(table.grant_of(CommandKind::failover, 1) == nullptr);
    table.grant(CommandKind::failover, 1, NodeId{8});
    BOOST_TEST(table.grants.size() == 1U);
}

BOOST_AUTO_TEST_CASE(versions_are_ordered_by_term_first) {
    BOOST_TEST((Version{.term = 1, .number = 9} < Version{.term = 2, .number = 1}));
    BOOST_TEST(to_text(Version{.term = 2, .number = 1}) == "2.1");
    BOOST_TEST((command_kind("follow_primary") == CommandKind::follow_primary));
    BOOST_TEST(!command_kind("promote").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
