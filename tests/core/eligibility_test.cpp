// What keeps a node from holding the VIPs, and in which order it is told.
#include "belay/core/eligibility.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Ready {
    Eligibility eligibility{false};

    Ready() {
        eligibility.service = {.good = true, .detail = ""};
        eligibility.links = {.good = true, .detail = ""};
    }

    [[nodiscard]] Why why(belay::Instant now = start) const {
        const auto found = eligibility.obstacle(now);
        return found ? found->why : Why::accepted;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(eligible, Ready)

BOOST_AUTO_TEST_CASE(a_node_that_was_not_looked_at_yet_is_not_eligible) {
    BOOST_TEST(Eligibility(false).obstacle(start).has_value());
    BOOST_TEST(!eligibility.obstacle(start));
    eligibility.service = Eligibility(false).service;
    BOOST_TEST(eligibility.obstacle(start).value().words == "the service was not checked yet");
}

BOOST_AUTO_TEST_CASE(the_gravest_obstacle_is_told) {
    eligibility.address_refusal = "10.77.0.100/24: no such device";
    eligibility.address_refused_until = start + 10s;
    BOOST_TEST((why() == Why::address_refused));
    eligibility.service = {.good = false, .detail = "the process is gone"};
    BOOST_TEST((why() == Why::service_failed));
    eligibility.links = {.good = false, .detail = "eth0 has no carrier"};
    BOOST_TEST((why() == Why::link_lost));
    BOOST_TEST(eligibility.obstacle(start).value().words == "eth0 has no carrier");
    eligibility.maintenance.on = true;
    BOOST_TEST((why() == Why::maintenance));
    eligibility.refusal = "another configuration";
    BOOST_TEST((why() == Why::refused));
    eligibility.stopping = true;
    BOOST_TEST((why() == Why::stopping));
}

BOOST_AUTO_TEST_CASE(a_witness_never_holds) {
    Eligibility witness(true);
    witness.service = witness.links = {.good = true, .detail = ""};
    BOOST_TEST(witness.obstacle(start).value().words == "a witness only votes");
}

BOOST_AUTO_TEST_CASE(maintenance_ends_by_itself_where_an_end_was_given) {
    eligibility.maintenance = {.on = true, .until = start + 5s};
    BOOST_TEST((why(start + 5s - 1ns) == Why::maintenance));
    BOOST_TEST(!eligibility.obstacle(start + 5s));
    eligibility.maintenance.until.reset();
    BOOST_TEST((why(start + 1000s) == Why::maintenance));
}

BOOST_AUTO_TEST_CASE(a_refused_address_is_tried_again) {
    eligibility.address_refusal = "no";
    eligibility.address_refused_until = start + 10s;
    BOOST_TEST((why(start + 10s - 1ns) == Why::address_refused));
    BOOST_TEST(!eligibility.obstacle(start + 10s));
}

BOOST_AUTO_TEST_CASE(it_tells_when_time_alone_may_change_the_answer) {
    BOOST_TEST(!eligibility.next_change(start));
    eligibility.maintenance = {.on = true, .until = start + 5s};
    eligibility.address_refusal = "no";
    eligibility.address_refused_until = start + 3s;
    BOOST_TEST((eligibility.next_change(start) == start + 3s));
    BOOST_TEST((eligibility.next_change(start + 3s) == start + 5s));
    BOOST_TEST(!eligibility.next_change(start + 5s));
}

BOOST_AUTO_TEST_SUITE_END()
