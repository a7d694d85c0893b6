// Each refusal, seen on both sides with its reason.

#include "node_fixture.hpp"
#include "raw_peer.hpp"

#include "belay/info/messages.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::info;
using namespace belay::info::test;

namespace {

/// alpha as it is, against a beta that was changed; each must see that the other one refuses, and that it refuses.
struct Refusals {
    explicit Refusals(const std::function<void(Setup&)>& change) {
        Setup changed = setup_of("beta");
        change(changed);
        TestNode alpha(setup_of("alpha"));
        TestNode beta(std::move(changed));
        alpha_refuses = alpha.wait_verdict("beta", Verdict::refused_by_us, Direction::accepted).reason;
        alpha_is_refused = alpha.wait_verdict("beta", Verdict::refused_by_peer, Direction::dialled).reason;
        beta_refuses = beta.wait_verdict("alpha", Verdict::refused_by_us, Direction::accepted).reason;
        beta_is_refused = beta.wait_verdict("alpha", Verdict::refused_by_peer, Direction::dialled).reason;
        BOOST_TEST(alpha.count_verdicts("beta", Verdict::accepted) == 0U);
        BOOST_TEST(beta.count_verdicts("alpha", Verdict::accepted) == 0U);
    }

    std::string alpha_refuses;
    std::string alpha_is_refused;
    std::string beta_refuses;
    std::string beta_is_refused;
};

} // namespace

BOOST_AUTO_TEST_SUITE(refusal)

BOOST_AUTO_TEST_CASE(another_cluster_name) {
    const Refusals seen([](Setup& beta) { beta.cluster_name = "test"; });
    BOOST_TEST(seen.alpha_refuses == "cluster name is 'pgha' here and 'test' there");
    BOOST_TEST(seen.alpha_is_refused == "cluster name is 'pgha' here and 'test' there");
    BOOST_TEST(seen.beta_refuses == "cluster name is 'test' here and 'pgha' there");
    BOOST_TEST(seen.beta_is_refused == "cluster name is 'test' here and 'pgha' there");
}

BOOST_AUTO_TEST_CASE(other_vips) {
    const Refusals seen([](Setup& beta) { beta.own.vip_digest = 18; });
    BOOST_TEST(seen.alpha_refuses ==
               "the VIP configuration differs: its digest is 0000000000000011 here and 0000000000000012 there");
    BOOST_TEST(seen.beta_is_refused ==
               "the VIP configuration differs: its digest is 0000000000000012 here and 0000000000000011 there");
}

BOOST_AUTO_TEST_CASE(another_fence) {
    const Refusals seen([](Setup& beta) {
        beta.own.config_digest = 35;
        beta.own.fence = "address";
    });
    BOOST_TEST(seen.alpha_refuses.starts_with("the fence is nftables here and address there"));
    BOOST_TEST(seen.beta_is_refused.starts_with("the fence is address here and nftables there"));
}

BOOST_AUTO_TEST_CASE(another_configuration) {
    const Refusals seen([](Setup& beta) { beta.own.config_digest = 35; });
    BOOST_TEST(seen.alpha_refuses.starts_with("the cluster configuration (lease, nodes, tiebreaker ...) differs"));
    BOOST_TEST(seen.beta_is_refused.starts_with("the cluster configuration (lease, nodes, tiebreaker ...) differs"));
}

BOOST_AUTO_TEST_CASE(another_key) {
    const Refusals seen([](Setup& beta) { beta.keys = keys_of({2}); });
    BOOST_TEST(seen.alpha_refuses ==
               "the cluster key differs: the peer offers key id 75877bb41d393b5f, ours is 72cd6e8422c407fb");
    BOOST_TEST(seen.alpha_is_refused == "the cluster key differs: the peer does not accept key id 72cd6e8422c407fb");
    BOOST_TEST(seen.beta_refuses ==
               "the cluster key differs: the peer offers key id 72cd6e8422c407fb, ours is 75877bb41d393b5f");
    BOOST_TEST(seen.beta_is_refused == "the cluster key differs: the peer does not accept key id 75877bb41d393b5f");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_configured) {
    TestNode alpha(setup_of("alpha"));
    Setup setup = setup_of("beta");
    setup.node_name = "zeta";
    setup.own.card.name = "zeta";
    setup.self = node_id("zeta");
    TestNode zeta(std::move(setup));
    BOOST_TEST(alpha.wait_stranger(Verdict::refused_by_us).reason == "node 'zeta' is not in the configuration here");
    BOOST_TEST(zeta.wait_verdict("alpha", Verdict::refused_by_peer, Direction::dialled).reason ==
               "node 'zeta' is not in the configuration of 'alpha'");
    // The other way round: alpha dials beta's address and finds zeta. Both say so.
    BOOST_TEST(alpha.wait_verdict("beta", Verdict::refused_by_us, Direction::dialled).reason ==
               "'beta' was dialled, but the node there is 'zeta'");
    BOOST_TEST(zeta.wait_verdict("alpha", Verdict::refused_by_peer, Direction::accepted).reason ==
               "the node there dialled 'beta' at the address of 'zeta'");
}

BOOST_AUTO_TEST_CASE(the_accepters_own_name) {
    TestNode alpha(setup_of("alpha"));
    Setup setup = setup_of("alpha", "run-2");
    setup.listen = endpoint_of(9);
    setup.peers.push_back({.id = node_id("delta"), .name = "delta", .info = endpoint_of(1)}); // in truth alpha
    TestNode twin(std::move(setup));
    const Join seen = alpha.wait_stranger(Verdict::refused_by_us);
    BOOST_TEST(seen.reason == "it claims the name of this node, 'alpha'");
    BOOST_TEST(seen.address == "127.0.0.9");
    BOOST_TEST(twin.wait_verdict("delta", Verdict::refused_by_peer, Direction::dialled).reason ==
               "the node there is named 'alpha', too");
}

BOOST_AUTO_TEST_CASE(a_name_in_use_by_a_daemon_that_lives) {
    TestNode alpha(setup_of("alpha"));
    TestNode beta(setup_of("beta", "run-1"));
    alpha.wait_joined("beta");
    alpha.forget();
    Setup setup = setup_of("beta", "run-2");
    setup.listen = endpoint_of(9);
    TestNode twin(std::move(setup));
    const std::string reason = "node name 'beta' is taken by a running daemon (incarnation run-1 at 127.0.0.2); the "
                               "newcomer is run-2";
    BOOST_TEST(alpha.wait_stranger(Verdict::refused_by_us).reason == reason);
    BOOST_TEST(twin.wait_verdict("alpha", Verdict::refused_by_peer, Direction::dialled).reason == reason);
    BOOST_TEST(alpha.wait_report([](const Report&) { return true; }).peers[0].joined);
    BOOST_TEST(alpha.count_verdicts("beta", Verdict::disconnected) == 0U);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_once_and_ends_when_its_cause_does) {
    Setup changed = setup_of("beta");
    Own own = changed.own;
    changed.own.vip_digest = 18;
    TestNode alpha(setup_of("alpha"));
    TestNode beta(std::move(changed));
    alpha.wait_report([](const Report& now) { return now.counters.joins_refused_by_us >= 3; });
    BOOST_TEST(alpha.count_verdicts("beta", Verdict::refused_by_us) == 1U);
    BOOST_TEST(alpha.count_verdicts("beta", Verdict::refused_by_peer) <= 1U);
    beta.thread().set_own(own);
    alpha.wait_joined("beta");
    beta.wait_joined("alpha");
}

BOOST_AUTO_TEST_CASE(a_change_of_digests_ends_sessions_and_is_judged_anew) {
    Setup setup = setup_of("beta");
    Own own = setup.own;
    TestNode alpha(setup_of("alpha"));
    TestNode beta(std::move(setup));
    alpha.wait_joined("beta");
    own.config_digest = 35;
    beta.thread().set_own(own);
    alpha.wait_verdict("beta", Verdict::refused_by_us, Direction::accepted);
    alpha.wait_verdict("beta", Verdict::refused_by_peer, Direction::dialled);
    alpha.wait_report([](const Report& now) { return !now.peers[0].joined; });
}

BOOST_AUTO_TEST_CASE(an_answer_to_digests_that_changed_meanwhile_is_not_lived_with) {
    RawListener beta(2);
    Setup setup = setup_of("alpha");
    Own own = setup.own;
    TestNode alpha(std::move(setup));
    RawPeer first(beta);
    BOOST_REQUIRE_EQUAL(first.shake_hands(keys_of({1})), "");
    const auto before = decode(first.hear());
    BOOST_TEST(std::get<JoinRequest>(before.value()).config_digest == own.config_digest);

    own.config_digest = 35;
    alpha.thread().set_own(own);
    alpha.wait_report([](const Report&) { return true; }); // so set_own() was carried out
    first.say(frame_of(encode(JoinAnswer{.accepted = true, .reason = "", .card = setup_of("beta").own.card})));

    RawPeer second(beta);
    BOOST_REQUIRE_EQUAL(second.shake_hands(keys_of({1})), "");
    const auto after = decode(second.hear());
    BOOST_TEST(std::get<JoinRequest>(after.value()).config_digest == 35U);
    BOOST_TEST(first.is_closed_by_the_other());
    BOOST_TEST(alpha.count_verdicts("beta", Verdict::accepted) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
