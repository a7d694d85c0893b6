// What is known of the others, and when a silent one counts as down.
#include "belay/core/peers.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Known {
    Peers peers{three_nodes(), alpha};
    Peer& peer = *peers.find(bravo);
    Message said;

    void says(Instant at, bool newest = true, std::int64_t run = 1) {
        hear(peer, incarnation(bravo, run), said, at, newest);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(peers_known, Known)

BOOST_AUTO_TEST_CASE(everybody_but_this_node_is_a_peer) {
    BOOST_TEST(peers.all().size() == 2U);
    BOOST_TEST(peers.find(alpha) == nullptr);
    BOOST_TEST(peer.name == "bravo");
    BOOST_TEST(std::as_const(peers).find(charlie)->name == "charlie");
}

BOOST_AUTO_TEST_CASE(a_peer_is_down_until_heard_and_after_a_lease_of_silence) {
    BOOST_TEST(!heard_within(peer, start, lease_length));
    says(start);
    BOOST_TEST(heard_within(peer, start + lease_length - 1ns, lease_length));
    BOOST_TEST(!heard_within(peer, start + lease_length, lease_length));
}

BOOST_AUTO_TEST_CASE(a_leaving_peer_is_not_waited_for) {
    said.leaving = true;
    says(start);
    BOOST_TEST(!heard_within(peer, start, lease_length));
}

BOOST_AUTO_TEST_CASE(an_overtaken_message_proves_life_only) {
    said.priority = 7;
    says(start);
    said.priority = 8;
    says(start + 10ms, false);
    BOOST_TEST(peer.said.priority == 7);
    BOOST_TEST((peer.heard_at == start + 10ms));
    says(start + 5ms, false);
    BOOST_TEST((peer.heard_at == start + 10ms)); // life is not taken back
}

BOOST_AUTO_TEST_CASE(another_run_counts_anew) {
    said.eligible = true;
    says(start);
    BOOST_TEST((peer.eligible_since == start));
    says(start + 100ms);
    BOOST_TEST((peer.eligible_since == start));
    says(start + 200ms, true, 2);
    BOOST_TEST((peer.eligible_since == start + 200ms));
    BOOST_TEST((peer.incarnation == incarnation(bravo, 2)));
}

BOOST_AUTO_TEST_CASE(eligibility_is_counted_without_a_break) {
    said.eligible = true;
    says(start);
    said.eligible = false;
    says(start + 100ms);
    BOOST_TEST(!peer.eligible_since);
    said.eligible = true;
    says(start + 200ms);
    BOOST_TEST((peer.eligible_since == start + 200ms));
}

BOOST_AUTO_TEST_CASE(the_last_ballot_it_held_by_is_remembered) {
    said.held = ballot(5, bravo);
    says(start);
    said.held = Ballot{};
    says(start + 100ms);
    BOOST_TEST((peer.last_held == ballot(5, bravo)));
}

BOOST_AUTO_TEST_SUITE_END()
