// The holder's lease: it ends before the promises it rests on, and once ended it stays so (DESIGN section 3.3).
#include "belay/core/lease.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Holder {
    Parameters parameters;
    Lease lease{ballot(5, alpha), start + lease_worth, 3};

    bool answered(Instant now, NodeId acceptor, Instant asked_at, Duration promised = lease_length) {
        return lease.record(now, acceptor, asked_at, promised, parameters);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lease_rules, Holder)

BOOST_AUTO_TEST_CASE(drift_and_slack_are_taken_off) {
    BOOST_TEST((lease_end(start, 500ms, parameters) == start + 475ms));
    parameters.clock_drift_ppm = 100'000;
    parameters.fence_slack = 50ms;
    BOOST_TEST((lease_end(start, 500ms, parameters) == start + 400ms));
}

BOOST_AUTO_TEST_CASE(longer_promises_make_no_longer_lease) { // 4.3
    BOOST_TEST((lease_end(start, 2500ms, parameters) == start + lease_worth));
    BOOST_TEST((lease_end(start, 499ms, parameters) < start + lease_worth));
    BOOST_TEST(!answered(start + 100ms, alpha, start + 100ms, 2500ms));
    BOOST_TEST(answered(start + 150ms, bravo, start + 100ms, 2500ms));
    BOOST_TEST((lease.until() == start + 100ms + lease_worth));
}

BOOST_AUTO_TEST_CASE(it_holds_up_to_its_end_and_not_at_it) {
    BOOST_TEST(lease.holds(start + lease_worth - 1ns));
    BOOST_TEST(!lease.holds(start + lease_worth));
}

BOOST_AUTO_TEST_CASE(a_majority_extends_it_from_the_time_of_composition) {
    BOOST_TEST(!answered(start + 100ms, alpha, start + 100ms));
    BOOST_TEST((lease.until() == start + lease_worth)); // one answer of three is no majority
    BOOST_TEST(answered(start + 190ms, bravo, start + 100ms));
    BOOST_TEST((lease.until() == start + 100ms + lease_worth)); // not from the 190 ms of the receipt
}

BOOST_AUTO_TEST_CASE(it_counts_from_the_majority_th_latest_answer) {
    lease = Lease(ballot(5, alpha), start + 100ms, 5);
    const NodeId delta = node_id("delta");
    BOOST_TEST(!answered(start + 60ms, alpha, start + 50ms));
    BOOST_TEST(!answered(start + 60ms, bravo, start + 40ms));
    BOOST_TEST(answered(start + 60ms, charlie, start + 10ms));
    BOOST_TEST((lease.until() == start + 10ms + lease_worth));
    BOOST_TEST(answered(start + 60ms, delta, start + 30ms));
    BOOST_TEST((lease.until() == start + 30ms + lease_worth));
}

BOOST_AUTO_TEST_CASE(the_shortest_promise_of_the_majority_counts) {
    BOOST_TEST(!answered(start + 100ms, alpha, start + 100ms, 500ms));
    BOOST_TEST(answered(start + 150ms, bravo, start + 100ms, 400ms));
    BOOST_TEST((lease.until() == start + 100ms + 376ms));
}

BOOST_AUTO_TEST_CASE(an_ended_lease_is_never_revived) {
    BOOST_TEST(!answered(start + 100ms, alpha, start + 100ms));
    BOOST_TEST(!answered(start + lease_worth, bravo, start + 100ms));
    BOOST_TEST((lease.until() == start + lease_worth));
    BOOST_TEST(!lease.holds(start + lease_worth));
}

BOOST_AUTO_TEST_CASE(repeated_and_overtaken_answers_change_nothing) {
    BOOST_TEST(!answered(start + 200ms, bravo, start + 200ms));
    BOOST_TEST(!answered(start + 210ms, bravo, start + 200ms)); // twice the same acceptor is one vote
    BOOST_TEST(!answered(start + 210ms, bravo, start + 100ms));
    BOOST_TEST((lease.until() == start + lease_worth));
    BOOST_TEST((lease.last_answered(bravo) == start + 200ms));
    BOOST_TEST(answered(start + 220ms, charlie, start + 200ms));
    BOOST_TEST((lease.until() == start + 200ms + lease_worth));
    BOOST_TEST(!answered(start + 230ms, charlie, start + 50ms));
    BOOST_TEST((lease.until() == start + 200ms + lease_worth));
}

BOOST_AUTO_TEST_CASE(a_short_promise_never_shortens_it) {
    BOOST_TEST(!answered(start + 100ms, alpha, start + 100ms, 1ms));
    BOOST_TEST(!answered(start + 100ms, bravo, start + 100ms, 1ms));
    BOOST_TEST((lease.until() == start + lease_worth));
}

BOOST_AUTO_TEST_CASE(it_knows_who_answered_when) {
    BOOST_TEST(!lease.last_answered(bravo));
    BOOST_TEST(!answered(start + 100ms, bravo, start + 90ms));
    BOOST_TEST((lease.last_answered(bravo) == start + 90ms));
}

BOOST_AUTO_TEST_SUITE_END()
