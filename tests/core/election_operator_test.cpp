// What operators and the host ask for: switchover, stop, maintenance, addresses (DESIGN sections 3.5 and 5).
#include "tested_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Operated : TestedNode {
    action::Reply switchover(std::optional<NodeId> to) {
        feed(SwitchoverAsked{.to = to});
        return all<action::Reply>().back();
    }

    void serve() {
        win();
        BOOST_REQUIRE((election.role() == Role::active));
        forget();
    }

    void withdrawn(bool acknowledged) {
        feed(Withdrawn{.ballot = all<action::Withdraw>().at(0).ballot, .acknowledged = acknowledged});
    }
};

bool says(const action::Reply& reply, std::string_view words) {
    return !reply.accepted && reply.text.find(words) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(election_operator, Operated)

BOOST_AUTO_TEST_CASE(a_switchover_is_refused_with_words) {
    BOOST_TEST(says(switchover(bravo), "no node is active now"));
    serve();
    BOOST_TEST(says(switchover(alpha), "active already"));
    BOOST_TEST(says(switchover(node_id("stranger")), "no such node"));
    Message sick = idle();
    sick.eligible = false;
    hear(bravo, sick);
    BOOST_TEST(says(switchover(bravo), "bravo is not eligible"));
    hear(charlie, sick);
    BOOST_TEST(says(switchover(std::nullopt), "no other node is eligible"));
    sick.leaving = true;
    hear(bravo, sick);
    BOOST_TEST(says(switchover(bravo), "bravo is down"));
    BOOST_TEST(!did<action::Withdraw>());
}

BOOST_AUTO_TEST_CASE(a_standby_names_the_active_node) {
    now.boot = start + lease_length;
    Message active = idle();
    active.role = Role::active;
    active.held = ballot(5, bravo);
    hear(bravo, active);
    BOOST_TEST(says(switchover(charlie), "bravo is"));
}

BOOST_AUTO_TEST_CASE(a_switchover_hands_over_to_the_node_that_was_named) { // 3.5
    serve();
    const action::Reply reply = switchover(charlie);
    BOOST_TEST(reply.accepted);
    BOOST_TEST((reply.to == charlie));
    BOOST_TEST((election.reason().why == Why::switchover));
    withdrawn(true);
    BOOST_TEST((last_sent().successor == charlie));
}

BOOST_AUTO_TEST_CASE(a_standby_stops_at_once_with_a_farewell) {
    now.boot = start + lease_length;
    meet();
    feed(StopAsked{});
    BOOST_TEST(last_sent(bravo).leaving);
    BOOST_TEST(last_sent(charlie).leaving);
    BOOST_TEST(std::holds_alternative<action::Stopped>(seen.back()));
    BOOST_TEST((election.next_deadline() == Instant::max()));
}

BOOST_AUTO_TEST_CASE(a_holder_stops_after_its_vips_are_gone) { // 3.5
    serve();
    const Ballot held = election.lease()->ballot();
    feed(StopAsked{});
    BOOST_TEST(!did<action::Stopped>());
    BOOST_TEST(did<action::Withdraw>());
    withdrawn(true);
    BOOST_TEST(last_sent().leaving);
    BOOST_TEST(contains(last_sent().released, held));
    BOOST_TEST(std::holds_alternative<action::Stopped>(seen.back()));
}

BOOST_AUTO_TEST_CASE(a_stop_without_acknowledgement_releases_nothing) { // 3.5
    serve();
    const Ballot held = election.lease()->ballot();
    feed(StopAsked{});
    withdrawn(false);
    BOOST_TEST(last_sent().leaving);
    BOOST_TEST(!contains(last_sent().released, held));
    BOOST_TEST(did<action::Stopped>());
}

BOOST_AUTO_TEST_CASE(a_refused_address_makes_the_node_ineligible_for_ten_seconds) { // section 5
    serve();
    feed(AddressRefused{.detail = "10.77.0.100/24 on eth0: permission denied"});
    BOOST_TEST(did<action::Withdraw>());
    BOOST_TEST((election.reason().why == Why::address_refused));
    withdrawn(true);
    const Instant refused_at = now.boot;
    BOOST_TEST((election.obstacle(refused_at + 10s - 1ns).value().why == Why::address_refused));
    BOOST_TEST(!election.obstacle(refused_at + 10s));
}

BOOST_AUTO_TEST_CASE(maintenance_ends_when_it_was_said_to) {
    now.boot = start + lease_length;
    feed(MaintenanceChanged{{.on = true, .until = now.boot + 50ms}});
    BOOST_TEST((election.obstacle(now.boot).value().why == Why::maintenance));
    BOOST_TEST((election.next_deadline() <= now.boot + 50ms));
    BOOST_TEST(!election.obstacle(now.boot + 50ms));
}

BOOST_AUTO_TEST_SUITE_END()
