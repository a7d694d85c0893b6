// A peer that says nothing, garbage or too much costs one connection and a counter, never more: after each attack the
// cards of the honest nodes still flow.

#include "node_fixture.hpp"
#include "raw_peer.hpp"

#include "belay/info/messages.hpp"

#include <boost/test/unit_test.hpp>
#include <list>

using namespace belay;
using namespace belay::info;
using namespace belay::info::test;

namespace {

using Counter = std::uint64_t Counters::*;

/// alpha and beta, joined; the test attacks alpha.
struct Site {
    Site() {
        alpha.wait_joined("beta");
        beta.wait_joined("alpha");
    }

    /// A new card of beta's arrives at alpha, and a new one of alpha's at beta; no session was lost for it.
    void check_cards_flow() {
        for (TestNode* const node : {&alpha, &beta}) {
            Own own = setup_of(node == &alpha ? "alpha" : "beta").own;
            own.card.status = "changed after the attack";
            node->thread().set_own(own);
        }
        const auto changed = [](const NodeCard& card) { return card.status == "changed after the attack"; };
        alpha.wait_card("beta", changed);
        beta.wait_card("alpha", changed);
        BOOST_TEST(alpha.wait_report([](const Report&) { return true; }).counters.sessions_joined == 2U);
    }

    void wait_counted(Counter counter, std::uint64_t least) {
        alpha.wait_report([=](const Report& now) { return now.counters.*counter >= least; });
    }

    TestNode alpha{setup_of("alpha")};
    TestNode beta{setup_of("beta")};
};

/// A peer with the right key that has not joined.
struct Insider : RawPeer {
    explicit Insider(std::uint8_t host)
        : RawPeer(host) {
        BOOST_REQUIRE_EQUAL(shake_hands(keys_of({1})), "");
    }

    /// Joins as gamma, and is let in.
    void join_as_gamma(const std::string& incarnation) {
        const Own own = setup_of("gamma", incarnation).own;
        say(frame_of(encode(JoinRequest{.cluster = "pgha",
                                        .vip_digest = own.vip_digest,
                                        .config_digest = own.config_digest,
                                        .fence = own.fence,
                                        .card = own.card})));
        const auto answer = decode(hear());
        BOOST_REQUIRE(answer.has_value());
        BOOST_REQUIRE(std::get<JoinAnswer>(*answer).accepted);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hostile, Site)

BOOST_AUTO_TEST_CASE(a_client_that_says_nothing_is_closed) {
    RawPeer silent(50);
    BOOST_TEST(silent.is_closed_by_the_other());
    wait_counted(&Counters::handshakes_timed_out, 1);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(garbage_before_tls_is_counted) {
    RawPeer loud(50);
    loud.say("GET / HTTP/1.1\r\nHost: belay\r\n\r\n");
    BOOST_TEST(loud.is_closed_by_the_other());
    wait_counted(&Counters::handshakes_not_tls, 1);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(half_a_client_hello_is_closed_at_the_deadline) {
    RawPeer slow(50);
    slow.say(std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
    BOOST_TEST(slow.is_closed_by_the_other());
    wait_counted(&Counters::handshakes_timed_out, 1);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(a_wrong_key_is_told_at_both_ends) {
    RawPeer stranger(50);
    BOOST_TEST(stranger.shake_hands(keys_of({9})).starts_with("the cluster key differs"));
    const Join seen = alpha.wait_stranger(Verdict::refused_by_us);
    BOOST_TEST(seen.reason.starts_with("the cluster key differs"));
    BOOST_TEST(seen.address == "127.0.0.50");
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(a_wrong_key_from_the_address_of_a_joined_peer_is_not_held_against_it) {
    RawPeer neighbour(2);
    BOOST_TEST(neighbour.shake_hands(keys_of({9})).starts_with("the cluster key differs"));
    alpha.wait_stranger(Verdict::refused_by_us);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(a_client_that_never_joins_is_closed) {
    Insider shy(50);
    BOOST_TEST(shy.is_closed_by_the_other());
    wait_counted(&Counters::timed_out, 1);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(garbage_inside_tls_is_counted) {
    Insider insider(50);
    insider.say(frame_of("this is not JSON"));
    BOOST_TEST(insider.is_closed_by_the_other());
    wait_counted(&Counters::messages_bad, 1);
    Insider rude(51);
    rude.say(frame_of(R"({"type":"ping"})")); // a message, but not the first one
    BOOST_TEST(rude.is_closed_by_the_other());
    wait_counted(&Counters::messages_bad, 2);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(a_huge_length_ends_the_connection_at_its_fourth_byte) {
    Insider insider(50);
    insider.say("\xff\xff\xff\xff");
    BOOST_TEST(insider.is_closed_by_the_other());
    wait_counted(&Counters::frames_too_long, 1);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(deep_json_is_refused) {
    Insider insider(50);
    insider.say(frame_of(std::string(100'000, '[') + std::string(100'000, ']')));
    BOOST_TEST(insider.is_closed_by_the_other());
    wait_counted(&Counters::messages_bad, 1);
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(a_join_byte_by_byte_ends_at_the_deadline_however_busy_it_is) {
    Insider slow(50);
    slow.say(std::string("\x00\x04\x00\x00", 4)); // the longest, so that it cannot be done in time
    const auto timed_out = [this] {
        return alpha.wait_report([](const Report&) { return true; }).counters.timed_out > 0;
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!timed_out() && std::chrono::steady_clock::now() < deadline) {
        slow.say(" "); // never silent, never done
    }
    BOOST_TEST(timed_out());
    BOOST_TEST(alpha.wait_report([](const Report&) { return true; }).counters.messages_bad == 0U); // it was never whole
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(a_peer_of_another_protocol_is_told_so) {
    Insider later(50);
    later.say(frame_of(R"({"type":"join","protocol":2,"card":{"name":"beta"}})"));
    BOOST_TEST(later.hear() ==
               R"({"accepted":false,"reason":"info protocol is 2 here and 1 there; run the same version on all nodes",)"
               R"("type":"answer"})");
    BOOST_TEST(alpha.wait_stranger(Verdict::refused_by_us).reason ==
               "info protocol is 1 here and 2 there; run the same version on all nodes");
    check_cards_flow();
}

BOOST_AUTO_TEST_CASE(a_joined_node_cannot_speak_for_another_run_or_node) {
    for (const auto& [name, incarnation] : {std::pair{"gamma", "run-9"}, std::pair{"beta", "run-1"}}) {
        Insider insider(3);
        insider.join_as_gamma("run-1");
        insider.say(frame_of(encode(CardUpdate{.card = setup_of(name, incarnation).own.card})));
        alpha.wait_join(node_id("gamma"),
                        [](const Join& join) { return join.reason == "the peer sent a card of another node or run"; });
        BOOST_TEST(insider.is_closed_by_the_other());
        alpha.forget();
    }
    wait_counted(&Counters::messages_bad, 2);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_over_but_never_closed_makes_room_for_the_next) {
    Insider cut_off(3); // as after a power loss: its connection stays, and nobody answers
    cut_off.join_as_gamma("run-1");
    TestNode gamma(setup_of("gamma", "run-2"));
    alpha.wait_card("gamma", [](const NodeCard& card) { return card.incarnation == "run-2"; });
    gamma.wait_joined("alpha");
    BOOST_TEST(cut_off.is_closed_by_the_other());
    BOOST_TEST(alpha.wait_report([](const Report&) { return true; }).counters.joins_refused_by_us == 0U);
}

BOOST_AUTO_TEST_CASE(three_hundred_idle_connections_from_one_host_and_from_many) {
    std::list<RawPeer> crowd;
    for (int count = 0; count < 150; ++count) {
        crowd.emplace_back(std::uint8_t{50});
        crowd.emplace_back(static_cast<std::uint8_t>(51 + count));
    }
    wait_counted(&Counters::connections_over_limit, 280);
    const Report report = alpha.wait_report([](const Report&) { return true; });
    BOOST_TEST(report.connections_open <= 16U + 4U); // the strangers' places, and our own of before and now
    check_cards_flow();
    // A node that was away comes in through the crowd.
    TestNode gamma(setup_of("gamma"));
    alpha.wait_joined("gamma");
}

BOOST_AUTO_TEST_SUITE_END()
