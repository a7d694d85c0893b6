// Random faults against three nodes in virtual time: messages lost, late and repeated, holders that change, hosts cut
// off, daemons restarted, database nodes that fail in one, two or all pgpool-IIs. Whatever happens, the command of one
// change runs on one node only (G3), and when it is quiet all pgpool-IIs say the same.

#include "world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(chaos)

using namespace belay;
using namespace belay::databases;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::uint32_t seeds = 300;

int dice(World& world, int sides) {
    return std::uniform_int_distribution<int>(0, sides - 1)(world.random);
}

void one_fault(World& world) {
    const auto node = static_cast<std::size_t>(dice(world, 3));
    const auto id = static_cast<std::uint32_t>(1 + dice(world, 2));
    switch (dice(world, 9)) {
    case 0:
        world.hold(node);
        break;
    case 1:
        world.nobody_holds();
        break;
    case 2:
        world.cut(node);
        break;
    case 3:
        world.heal(node);
        break;
    case 4:
        world.restart(node);
        break;
    case 5:
        world.act(node, dice(world, 2) == 0 ? ActAsked::Act::detach : ActAsked::Act::attach, id, seconds(2));
        break;
    default:
        world.sees(node, id, dice(world, 2) == 0);
        break;
    }
}

void run_once_each(const World& world, std::uint32_t seed) {
    for (const auto& [what, changes] : world.ran) {
        for (const auto& [version, nodes] : changes) {
            BOOST_TEST(nodes.size() == 1U, "seed " << seed << ": " << to_text(what.first) << " of database "
                                                   << what.second << " for change " << to_text(version) << " ran on "
                                                   << nodes.size() << " nodes");
        }
    }
}

void one_history(std::uint32_t seed, Consensus consensus) {
    World world(3, {.consensus = consensus, .consensus_timeout = seconds(1)}, seed);
    world.hold(0);
    world.loss_percent = dice(world, 3) * 10;
    world.repeat_percent = dice(world, 2) * 20;
    world.delay_max = milliseconds(1 + dice(world, 60));
    for (int fault = 0; fault < 25; ++fault) {
        world.pass(milliseconds(dice(world, 700)));
        one_fault(world);
    }
    world.loss_percent = 0;
    for (std::size_t node = 0; node < 3; ++node) {
        world.heal(node);
    }
    world.hold(static_cast<std::size_t>(dice(world, 3)));
    BOOST_TEST(world.until([&] { return world.all_in_line(); }), "seed " << seed << ": not in line when it is quiet");
    world.pass(seconds(2));
    BOOST_TEST(world.all_in_line(), "seed " << seed << ": in line, and then not any more");
    for (const std::uint32_t id : {0U, 1U, 2U}) {
        BOOST_TEST((world.all_have(id, true) || world.all_have(id, false)), "seed " << seed << ": database " << id);
    }
    run_once_each(world, seed);
}

} // namespace

BOOST_AUTO_TEST_CASE(one_command_for_each_change_and_one_state_in_the_end) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        one_history(seed, Consensus::none);
    }
}

BOOST_AUTO_TEST_CASE(the_same_where_a_majority_must_agree) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        one_history(seed + seeds, Consensus::majority);
    }
}

BOOST_AUTO_TEST_SUITE_END()
