// Stories of three nodes: what one pgpool-II finds out becomes so in all of them, and one node runs the command.

#include "world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(shared)

using namespace belay;
using namespace belay::databases;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Act = ActAsked::Act;

namespace {

/// Three nodes, the first one active, all in line.
World running(Rules rules = {}) {
    return World(3, rules);
}

void begin(World& world) {
    world.hold(0);
    BOOST_REQUIRE(world.until([&] { return world.all_in_line(); }));
}

} // namespace

BOOST_AUTO_TEST_CASE(the_first_table_is_what_the_pgpools_say) {
    World world = running();
    begin(world);
    for (std::size_t node = 0; node < 3; ++node) {
        BOOST_TEST(world.shared(node).table().entries.size() == 3U);
        BOOST_TEST(world.shared(node).table().primary.value() == 0U);
        BOOST_TEST(world.shared(node).obstacle() == "");
        BOOST_TEST(world.tells(node) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_standby_that_one_node_sees_fail_is_detached_everywhere_and_one_command_runs) {
    for (const std::size_t seen_by : {0U, 1U, 2U}) {
        World world = running();
        begin(world);
        world.sees(seen_by, 1, false);
        BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
        world.pass(seconds(5));
        BOOST_TEST(world.all_have(1, false));
        BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
        BOOST_TEST(world.tells(seen_by) == 0U);
        world.sees(seen_by, 1, true);
        BOOST_REQUIRE(world.until([&] { return world.all_have(1, true) && world.all_in_line(); }));
        BOOST_TEST(world.runs(CommandKind::failback, 1) == 1U);
        world.pass(seconds(5));
        const Grant* const grant = world.shared(2).table().grant_of(CommandKind::failback, 1);
        BOOST_REQUIRE(grant != nullptr);
        BOOST_TEST((grant->state == CommandState::done));
    }
}

BOOST_AUTO_TEST_CASE(three_that_see_the_primary_die_at_once_run_one_command) {
    World world = running();
    begin(world);
    for (const std::size_t node : {0U, 1U, 2U}) {
        world.sees(node, 0, false);
    }
    BOOST_REQUIRE(world.until([&] { return world.all_have(0, false) && world.all_in_line(); }));
    for (const std::size_t node : {2U, 1U, 0U}) {
        world.sees_primary(node, 1);
    }
    BOOST_REQUIRE(world.until([&] { return world.shared(1).table().primary == 1U && world.all_in_line(); }));
    world.pass(seconds(30));
    BOOST_TEST(world.runs(CommandKind::failover, 0) == 1U);
    for (const std::size_t node : {0U, 1U, 2U}) {
        BOOST_TEST(world.tells(node) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(follow_primary_runs_once_for_each_database) {
    World world = running();
    begin(world);
    world.sees(1, 0, false);
    BOOST_REQUIRE(world.until([&] { return world.all_have(0, false) && world.all_in_line(); }));
    for (const std::size_t node : {1U, 0U, 2U}) {
        world.sees_primary(node, 1);
        world.guard(node, CommandKind::follow_primary, 2, 1);
        world.guard(node, CommandKind::follow_primary, 0, 1);
        world.pass(milliseconds(40));
    }
    BOOST_REQUIRE(world.until([&] { return world.all_in_line() && world.guards.size() >= 9; }));
    BOOST_TEST(world.runs(CommandKind::follow_primary, 2) == 1U);
    BOOST_TEST(world.runs(CommandKind::follow_primary, 0) == 1U);
}

BOOST_AUTO_TEST_CASE(without_an_active_a_guarded_command_is_refused_and_the_database_attached_again) {
    World world = running();
    begin(world);
    world.nobody_holds();
    world.sees(1, 1, false);
    world.pass(milliseconds(2'500));
    BOOST_TEST(!world.pgpool(1).attached(1));
    BOOST_REQUIRE(world.until([&] { return world.pgpool(1).attached(1); }));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 0U);
    BOOST_TEST(world.pgpool(0).attached(1));
}

BOOST_AUTO_TEST_CASE(an_event_while_there_is_no_active_waits_for_one) {
    World world = running();
    begin(world);
    for (const std::size_t node : {0U, 1U, 2U}) {
        world.pgpool(node).hooks = false;
    }
    world.nobody_holds();
    world.sees(1, 1, false);
    world.pass(seconds(20));
    BOOST_TEST(world.shared(1).reports().pending().size() == 1U);
    BOOST_TEST(!world.pgpool(1).attached(1));
    world.hold(2);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
}

BOOST_AUTO_TEST_CASE(where_no_quorum_is_required_the_command_runs_at_once) {
    World world = running({.quorum_required = false});
    begin(world);
    world.nobody_holds();
    world.sees(1, 1, false);
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
    world.hold(2);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
}

BOOST_AUTO_TEST_CASE(without_consensus_nothing_happens_and_the_database_is_attached_again) {
    World world = running({.consensus = Consensus::majority, .consensus_timeout = seconds(1)});
    begin(world);
    world.sees(2, 1, false);
    world.pass(milliseconds(900));
    BOOST_TEST(!world.pgpool(2).attached(1));
    BOOST_REQUIRE(world.until([&] { return world.pgpool(2).attached(1); }));
    world.pass(seconds(1));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 0U);
    BOOST_TEST(world.runs(CommandKind::failback, 1) == 0U);
    BOOST_TEST(world.shared(0).table().find(1)->attached);
}

BOOST_AUTO_TEST_CASE(an_online_recovery_is_known_to_all) {
    World world = running();
    begin(world);
    world.act(1, Act::detach, 2);
    BOOST_REQUIRE(world.until([&] { return world.all_have(2, false) && world.all_in_line(); }));
    const auto recover = world.act(1, Act::recover, 2);
    BOOST_REQUIRE(world.until([&] { return world.acts.contains(recover); }));
    BOOST_TEST(world.acts.at(recover).good);
    BOOST_REQUIRE(world.until([&] { return world.all_have(2, true) && world.all_in_line(); }));
    world.pass(seconds(5));
    BOOST_TEST(world.all_have(2, true));
    BOOST_TEST(world.runs(CommandKind::failback, 2) == 1U);
}

BOOST_AUTO_TEST_CASE(with_consensus_the_first_who_saw_it_runs_the_command) {
    World world = running({.consensus = Consensus::majority, .consensus_timeout = seconds(1)});
    begin(world);
    world.sees(2, 1, false);
    world.pass(milliseconds(300));
    world.sees(1, 1, false);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
    BOOST_TEST((world.shared(0).table().find(1)->by == NodeId{3}));
}

BOOST_AUTO_TEST_CASE(operators_detach_and_attach_from_any_node) {
    for (const std::size_t asked : {0U, 2U}) {
        World world = running({.consensus = Consensus::majority});
        begin(world);
        const auto detach = world.act(asked, Act::detach, 2);
        BOOST_REQUIRE(world.until([&] { return world.all_have(2, false) && world.all_in_line(); }));
        BOOST_TEST(world.acts.at(detach).good);
        BOOST_TEST(world.runs(CommandKind::failover, 2) == 1U);
        const auto attach = world.act(asked, Act::attach, 2);
        BOOST_REQUIRE(world.until([&] { return world.all_have(2, true) && world.all_in_line(); }));
        BOOST_TEST(world.acts.at(attach).good);
        BOOST_TEST(!world.acts.at(world.act(asked, Act::detach, 9)).good);
    }
}

BOOST_AUTO_TEST_CASE(a_switchover_is_carried_out_by_the_actives_pgpool_alone) {
    World world = running();
    begin(world);
    const auto promote = world.act(2, Act::promote, 1);
    BOOST_REQUIRE(world.until([&] { return world.all_have(0, false); }));
    for (const std::size_t node : {1U, 2U}) {
        world.sees_primary(node, 1);
    }
    BOOST_REQUIRE(world.until([&] { return world.acts.contains(promote) && world.all_in_line(); }));
    BOOST_TEST(world.acts.at(promote).good);
    BOOST_TEST(world.runs(CommandKind::failover, 0) == 1U);
    BOOST_TEST(world.shared(2).table().primary.value() == 1U);
}

BOOST_AUTO_TEST_CASE(a_node_that_was_away_is_brought_in_line_before_it_may_hold) {
    World world = running();
    begin(world);
    world.cut(2);
    world.sees(0, 1, false);
    BOOST_REQUIRE(world.until([&] { return !world.pgpool(1).attached(1); }));
    world.act(0, Act::detach, 2);
    BOOST_REQUIRE(world.until([&] { return !world.pgpool(1).attached(2); }));
    BOOST_TEST(world.pgpool(2).attached(1));
    world.heal(2);
    world.pass(milliseconds(4));
    BOOST_TEST(world.shared(2).obstacle() != "");
    BOOST_REQUIRE(
        world.until([&] { return world.all_have(1, false) && world.all_have(2, false) && world.all_in_line(); }));
    BOOST_TEST(world.shared(2).obstacle() == "");
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
    BOOST_TEST(world.runs(CommandKind::failover, 2) == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_cut_off_node_saw_is_superseded_by_what_the_others_decided) {
    World world = running();
    begin(world);
    world.cut(2);
    world.pgpool(2).hooks = false;
    world.act(0, Act::detach, 1);
    BOOST_REQUIRE(world.until([&] { return !world.pgpool(1).attached(1); }));
    world.act(0, Act::attach, 1);
    BOOST_REQUIRE(world.until([&] { return world.pgpool(1).attached(1); }));
    world.sees(2, 1, false); // an old story by now
    world.pass(milliseconds(100));
    world.heal(2);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, true) && world.all_in_line(); }));
    BOOST_TEST(world.shared(0).table().find(1)->attached);
}

BOOST_AUTO_TEST_CASE(what_a_pgpool_finds_out_late_after_it_was_cut_off_is_not_believed) {
    World world = running();
    begin(world);
    world.cut(2);
    world.pass(seconds(2));
    world.heal(2);
    BOOST_REQUIRE(world.until([&] { return world.all_in_line(); }));
    world.sees(2, 1, false); // the end of a health check that began before
    BOOST_REQUIRE(world.until([&] { return world.pgpool(2).attached(1); }));
    BOOST_TEST(world.all_have(1, true));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 0U);
    world.pass(seconds(10));
    world.sees(2, 1, false);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
}

BOOST_AUTO_TEST_CASE(a_pgpool_that_was_cut_off_and_is_busy_for_long_is_not_believed_before_it_is_in_line) {
    World world = running();
    begin(world);
    world.cut(2);
    world.pgpool(2).searches = true;
    world.act(0, Act::detach, 2);
    world.pass(seconds(2));
    world.heal(2);
    world.pass(seconds(20)); // it is told, and does nothing yet
    BOOST_TEST(world.pgpool(2).attached(2));
    world.sees(2, 1, false); // what it found out alone comes first
    world.pass(milliseconds(50));
    world.pgpool(2).searches = false;
    BOOST_REQUIRE(world.until([&] { return world.all_have(2, false) && world.all_in_line(); }));
    BOOST_TEST(world.all_have(1, true));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 0U);
    BOOST_TEST(world.runs(CommandKind::failover, 2) == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_busy_pgpool_was_told_long_ago_is_no_news_when_it_comes) {
    World world = running();
    begin(world);
    world.pgpool(1).searches = true;
    world.act(0, Act::detach, 1);
    world.pass(seconds(1));
    world.act(0, Act::attach, 1);
    world.pass(seconds(20));
    world.pgpool(1).searches = false;
    world.pass(milliseconds(100));
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, true) && world.all_in_line(); }));
    BOOST_TEST(world.shared(0).table().find(1)->attached);
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
}

BOOST_AUTO_TEST_CASE(a_new_active_knows_what_counted) {
    World world = running();
    begin(world);
    world.sees(0, 1, false);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
    world.cut(0);
    world.hold(1);
    BOOST_REQUIRE(world.until([&] { return world.all_in_line(); }));
    BOOST_TEST(!world.shared(1).table().find(1)->attached);
    world.heal(0);
    BOOST_REQUIRE(world.until([&] { return world.all_in_line(); }));
    BOOST_TEST(world.runs(CommandKind::failover, 1) == 1U);
}

BOOST_AUTO_TEST_CASE(daemons_that_all_restart_go_on_from_what_they_kept) {
    World world = running();
    begin(world);
    world.sees(0, 1, false);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
    for (const std::size_t node : {0U, 1U, 2U}) {
        world.restart(node);
        world.pgpool(node).backend(1).status = pgpool::BackendStatus::up; // started with -D
    }
    world.hold(2);
    BOOST_REQUIRE(world.until([&] { return world.all_have(1, false) && world.all_in_line(); }));
}

BOOST_AUTO_TEST_CASE(a_pgpool_that_refuses_is_not_asked_for_ever_and_does_not_bar_the_node) {
    World world = running();
    begin(world);
    world.pgpool(1).refuses = true;
    world.sees(0, 1, false);
    world.pass(seconds(20));
    BOOST_TEST(world.pgpool(1).attached(1));
    BOOST_TEST(world.tells(1) < 8U);
    BOOST_TEST(world.shared(1).obstacle() == "");
}

BOOST_AUTO_TEST_CASE(a_pgpool_with_another_primary_is_told_as_a_last_resort) {
    World world = running();
    begin(world);
    world.sees(0, 0, false);
    world.sees_primary(0, 1);
    BOOST_REQUIRE(world.until([&] { return world.shared(2).table().primary == 1U; }));
    world.sees_primary(1, 1); // the third one never finds out by itself
    world.pass(seconds(40));
    BOOST_TEST((world.pgpool(2).backend(1).role == pgpool::BackendRole::primary));
    BOOST_TEST(world.all_have(2, true));
}

BOOST_AUTO_TEST_SUITE_END()
