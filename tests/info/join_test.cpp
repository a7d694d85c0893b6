#include "node_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::info;
using namespace belay::info::test;

namespace {

bool any_card(const NodeCard& /*card*/) {
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(join)

BOOST_AUTO_TEST_CASE(three_nodes_join_in_both_directions_and_see_each_others_cards) {
    TestNode alpha(setup_of("alpha"));
    TestNode beta(setup_of("beta"));
    TestNode gamma(setup_of("gamma"));
    alpha.wait_joined("beta");
    alpha.wait_joined("gamma");
    beta.wait_joined("alpha");
    beta.wait_joined("gamma");
    gamma.wait_joined("alpha");
    gamma.wait_joined("beta");
    BOOST_TEST(alpha.wait_card("beta", any_card).incarnation == "run-1");
    BOOST_TEST(gamma.wait_card("alpha", any_card).name == "alpha");

    const Report report = alpha.wait_report([](const Report& now) { return now.connections_open == 4; });
    BOOST_TEST(report.listening);
    BOOST_REQUIRE(report.peers.size() == 2U);
    BOOST_TEST(report.peers[0].joined);
    BOOST_TEST(report.peers[1].card.value().name == "gamma");
    BOOST_TEST(report.counters.joins_refused_by_us == 0U);
}

BOOST_AUTO_TEST_CASE(connections_come_from_the_own_info_address) {
    TestNode alpha(setup_of("alpha"));
    TestNode beta(setup_of("beta"));
    BOOST_TEST(alpha.wait_verdict("beta", Verdict::accepted, Direction::accepted).address == "127.0.0.2");
    BOOST_TEST(beta.wait_verdict("alpha", Verdict::accepted, Direction::accepted).address == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_changed_card_reaches_all_peers_over_the_same_sessions) {
    Setup setup = setup_of("alpha");
    Own own = setup.own;
    TestNode alpha(std::move(setup));
    TestNode beta(setup_of("beta"));
    alpha.wait_joined("beta");
    beta.wait_joined("alpha");
    own.card.status = "active: the lease was won";
    own.card.service_healthy = true;
    alpha.thread().set_own(own);
    const NodeCard card = beta.wait_card("alpha", [](const NodeCard& now) { return now.service_healthy; });
    BOOST_TEST(card.status == "active: the lease was won");
    BOOST_TEST(beta.count_verdicts("alpha", Verdict::accepted) == 2U);
}

BOOST_AUTO_TEST_CASE(a_restarted_node_is_let_in_again_with_its_new_card) {
    TestNode alpha(setup_of("alpha"));
    {
        TestNode beta(setup_of("beta", "run-1"));
        alpha.wait_joined("beta");
    }
    alpha.wait_verdict("beta", Verdict::disconnected, Direction::accepted);
    alpha.wait_verdict("beta", Verdict::disconnected, Direction::dialled);
    alpha.forget();
    TestNode beta(setup_of("beta", "run-2"));
    alpha.wait_joined("beta");
    BOOST_TEST(alpha.wait_card("beta", any_card).incarnation == "run-2");
    BOOST_TEST(alpha.count_verdicts("beta", Verdict::refused_by_us) == 0U);
}

BOOST_AUTO_TEST_CASE(sessions_that_have_nothing_to_say_stay_by_their_pings) {
    Setup quiet = setup_of("alpha");
    quiet.timing.idle_max = std::chrono::seconds(2);
    quiet.timing.ping_interval = std::chrono::milliseconds(200);
    Setup other = setup_of("beta");
    other.timing = quiet.timing;
    TestNode alpha(std::move(quiet));
    TestNode beta(std::move(other));
    alpha.wait_joined("beta");
    alpha.forget();
    // A ping or pong on each session each 200 ms: thirty of them are well past the idle limit.
    alpha.wait_report([](const Report& now) { return now.counters.messages_received > 30; });
    BOOST_TEST(alpha.count_verdicts("beta", Verdict::disconnected) == 0U);
    BOOST_TEST(alpha.wait_report([](const Report&) { return true; }).counters.timed_out == 0U);
}

BOOST_AUTO_TEST_CASE(the_listener_is_tried_again_until_its_port_is_free) {
    Setup squatter = setup_of("beta");
    squatter.listen = endpoint_of(1); // alpha's
    squatter.peers.clear();
    auto first = std::make_unique<TestNode>(std::move(squatter));
    first->wait_report([](const Report& now) { return now.listening; });
    TestNode alpha(setup_of("alpha"));
    const Report blocked = alpha.wait_report([](const Report& now) { return !now.listen_problem.empty(); });
    BOOST_TEST(blocked.listen_problem == "cannot listen on 127.0.0.1:7941: Address already in use");
    first.reset();
    alpha.wait_report([](const Report& now) { return now.listening && now.listen_problem.empty(); });
}

BOOST_AUTO_TEST_CASE(a_setup_that_contradicts_itself_does_not_start) {
    Setup setup = setup_of("alpha");
    setup.own.card.name = "beta";
    BOOST_TEST(Thread::start(std::move(setup), {}).error().text ==
               "the card is of node 'beta', but this node is 'alpha'");
    Setup keyless = setup_of("alpha");
    keyless.keys.clear();
    BOOST_TEST(Thread::start(std::move(keyless), {}).error().text == "there is no cluster key");
}

BOOST_AUTO_TEST_SUITE_END()
