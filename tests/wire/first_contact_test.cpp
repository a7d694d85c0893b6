// How nodes that know nothing of each other meet, whatever is lost, late, replayed or asked too often.

#include "belay/wire/contact.hpp"

#include "link.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <vector>

using namespace std::chrono_literals;
using namespace belay::wire::test;
using belay::Incarnation;
using belay::Instant;
using belay::wire::Decision;
using belay::wire::Header;
using belay::wire::Outgoing;
using belay::wire::Reject;

BOOST_AUTO_TEST_SUITE(first_contact)

BOOST_AUTO_TEST_CASE(two_strangers_know_each_other_after_one_heartbeat_and_three_packets) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    link.exchange(true, false);
    BOOST_TEST(a.knows(b));
    BOOST_TEST(b.knows(a));
    BOOST_TEST(link.sent == 4U);

    const Decision decision = b.contact.receive(link.now, a.heartbeat(link.now));
    BOOST_TEST(decision.accepted());
    BOOST_TEST(decision.newest);
    BOOST_TEST(!decision.reply.has_value());
}

BOOST_AUTO_TEST_CASE(any_one_loss_is_repaired_by_the_next_heartbeat_of_either_side) {
    for (const bool both_begin : {false, true}) {
        for (const bool repaired_by_a : {false, true}) {
            for (std::size_t victim = 1; victim <= 8; ++victim) {
                Side a(run(1, 10));
                Side b(run(2, 10));
                Link link{a, b};
                link.lost = [victim](std::size_t number) { return number == victim; };
                link.exchange(true, both_begin);
                link.exchange(repaired_by_a, !repaired_by_a);
                BOOST_TEST_INFO("victim " << victim << " both " << both_begin << " by a " << repaired_by_a);
                BOOST_TEST(a.knows(b));
                BOOST_TEST_INFO("victim " << victim << " both " << both_begin << " by a " << repaired_by_a);
                BOOST_TEST(b.knows(a));
                BOOST_TEST(link.sent < 16U);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(half_of_all_packets_lost_delays_the_contact_only) {
    std::uint64_t state = 7;
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    link.lost = [&state](std::size_t) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return (state >> 63U) != 0;
    };
    for (int beat = 0; beat < 20; ++beat) {
        link.exchange();
    }
    BOOST_TEST(a.knows(b));
    BOOST_TEST(b.knows(a));
}

BOOST_AUTO_TEST_CASE(a_recorded_run_that_nobody_knows_is_asked_and_never_believed) {
    // b starts while a is dead; only its recorded packets arrive, the answers of its former first contact included.
    Side a(run(1, 10));
    Side old_b(run(2, 10));
    Link past{a, old_b};
    past.exchange();
    past.exchange();
    Side b(run(2, 20));
    Instant now = past.now;
    for (int beat = 0; beat < 20; ++beat) {
        for (const Header& header : past.recorded_to_b) {
            BOOST_TEST((reason(b.contact.receive(now, header)) == Reject::unproved));
        }
        now += interval;
    }
    BOOST_TEST(!b.contact.established().known());
    BOOST_TEST(!b.contact.last_heard().has_value());
}

BOOST_AUTO_TEST_CASE(an_answer_counts_from_the_run_that_was_asked_in_time_with_the_nonce_and_with_my_echo) {
    const Incarnation mine = run(1, 10);
    const Incarnation asked = run(2, 10);
    const Instant start(100s);

    struct Case {
        const char* story;
        std::function<void(Header&)> change;
        belay::Duration after;
        bool counts;
    };

    const std::vector<Case> cases{
        {"as it should be", [](Header&) {}, 10ms, true},
        {"in the last moment", [](Header&) {}, lease - 1ns, true},
        {"too late", [](Header&) {}, lease, false},
        {"another nonce", [](Header& h) { h.nonce_echo = fresh_nonce(); }, 10ms, false},
        {"no nonce", [](Header& h) { h.nonce_echo = {}; }, 10ms, false},
        {"another run of the peer", [](Header& h) { h.incarnation = run(2, 11); }, 10ms, false},
        {"for another run of mine", [](Header& h) { h.echo = run(1, 9); }, 10ms, false},
        {"without echo", [](Header& h) { h.echo = {}; }, 10ms, false},
        {"without a number", [](Header& h) { h.sequence = 0; }, 10ms, false},
    };
    for (const Case& one : cases) {
        Side me(mine);
        Side peer(asked);
        const auto challenge = me.contact.receive(start, peer.heartbeat(start)).reply;
        BOOST_REQUIRE((challenge && challenge->challenge.known()));
        Header answer = peer.heartbeat(start);
        answer.echo = mine;
        answer.nonce_echo = challenge->challenge;
        one.change(answer);
        const Decision decision = me.contact.receive(start + one.after, answer);
        BOOST_TEST_INFO(one.story);
        BOOST_TEST(decision.established_now == one.counts);
        BOOST_TEST_INFO(one.story);
        BOOST_TEST(me.contact.established().known() == one.counts);
    }
}

BOOST_AUTO_TEST_CASE(challenges_are_rate_limited_and_keep_their_nonce) {
    Side me(run(1, 10));
    Side peer(run(2, 10));
    const Instant start(100s);
    const auto first = me.contact.receive(start, peer.heartbeat(start)).reply;
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(!me.contact.receive(start, peer.heartbeat(start)).reply.has_value());
    BOOST_TEST(!me.contact.receive(start + 49ms, peer.heartbeat(start)).reply.has_value());
    const auto second = me.contact.receive(start + 50ms, peer.heartbeat(start)).reply;
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST((second->challenge == first->challenge)); // a slow answer to the first one still counts
    const auto expired = me.contact.receive(start + lease, peer.heartbeat(start)).reply;
    BOOST_REQUIRE(expired.has_value());
    BOOST_TEST((expired->challenge != first->challenge));
}

BOOST_AUTO_TEST_CASE(replayed_runs_do_not_keep_a_new_run_from_being_asked) {
    // Somebody replays packets of three former boots just before each heartbeat of the new run.
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    for (int beat = 0; beat < 3; ++beat) {
        for (std::uint8_t boot = 10; boot < 13; ++boot) {
            Side former(run(boot, 10));
            BOOST_TEST(a.contact.receive(link.now, former.heartbeat(link.now)).refused.has_value());
        }
        link.exchange(false, true);
    }
    BOOST_TEST(a.knows(b));
    BOOST_TEST(b.knows(a));
}

BOOST_AUTO_TEST_CASE(replayed_challenges_cost_few_answers_and_turn_no_heartbeat_away) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    link.exchange();
    const Outgoing before = a.contact.next_header(link.now);
    int answers = 0;
    for (int i = 0; i < 1'000; ++i) {
        Header recorded;
        recorded.incarnation = run(9, i + 1);
        recorded.sequence = 1;
        recorded.challenge = fresh_nonce();
        answers += a.contact.receive(link.now, recorded).reply.has_value() ? 1 : 0;
    }
    BOOST_TEST(answers > 0);
    BOOST_TEST(answers <= 8);
    const Outgoing after = a.contact.next_header(link.now);
    BOOST_TEST((after.echo == b.own));
    BOOST_TEST((after.nonce_echo == before.nonce_echo));
}

BOOST_AUTO_TEST_CASE(heartbeats_repeat_the_last_answer_while_it_is_of_use) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    const Instant start(100s);
    const auto challenge = b.contact.receive(start, a.heartbeat(start)).reply;
    BOOST_REQUIRE(challenge.has_value());
    const auto lost_answer = a.contact.receive(start, b.header(*challenge)).reply;
    BOOST_REQUIRE(lost_answer.has_value());
    BOOST_TEST((lost_answer->echo == b.own));

    const Outgoing heartbeat = a.contact.next_header(start + interval);
    BOOST_TEST((heartbeat.nonce_echo == challenge->challenge));
    BOOST_TEST((heartbeat.echo == b.own));
    BOOST_TEST(heartbeat.challenge.known());
    BOOST_TEST(b.contact.receive(start + interval, a.header(heartbeat)).established_now);

    const Outgoing later = a.contact.next_header(start + lease);
    BOOST_TEST(!later.nonce_echo.known());
    BOOST_TEST(!later.echo.known());
    BOOST_TEST(!later.challenge.known());
}

BOOST_AUTO_TEST_CASE(every_packet_has_a_number_of_its_own) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    const Instant now(100s);
    BOOST_TEST(a.contact.next_header(now).sequence == 1U);
    const auto reply = a.contact.receive(now, b.heartbeat(now)).reply;
    BOOST_REQUIRE(reply.has_value());
    BOOST_TEST(reply->sequence == 2U);
    BOOST_TEST(a.contact.next_header(now).sequence == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
