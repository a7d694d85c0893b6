// Stories of two nodes and of somebody in between who records, replays, delays and drops.

#include "belay/wire/contact.hpp"

#include "full_packet.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <functional>
#include <vector>

using namespace std::chrono_literals;
using belay::Incarnation;
using belay::Instant;
using belay::wire::Contact;
using belay::wire::Decision;
using belay::wire::Header;
using belay::wire::Nonce;
using belay::wire::Outgoing;
using belay::wire::Reject;
using belay::wire::test::run;

namespace {

constexpr auto interval = 100ms;
constexpr auto lease = 500ms;

/// A different one each time, all over the program.
Nonce fresh_nonce() {
    static std::uint32_t count = 0;
    Nonce nonce;
    nonce.bytes = {0xaa, static_cast<std::uint8_t>(++count >> 8U), static_cast<std::uint8_t>(count)};
    return nonce;
}

/// One run of a daemon, as far as one peer is concerned.
struct Side {
    explicit Side(const Incarnation& incarnation)
        : own(incarnation)
        , contact({.own = incarnation, .heartbeat_interval = interval, .lease = lease, .nonces = fresh_nonce}) {}

    [[nodiscard]] Header header(const Outgoing& out) const {
        Header made;
        made.incarnation = own;
        made.echo = out.echo;
        made.sequence = out.sequence;
        made.challenge = out.challenge;
        made.nonce_echo = out.nonce_echo;
        return made;
    }

    Header heartbeat(Instant now) { return header(contact.next_header(now)); }

    /// Whether it knows that run of the other side.
    [[nodiscard]] bool knows(const Side& other) const { return contact.established() == other.own; }

    Incarnation own;
    Contact contact;
};

/// Carries packets between two sides at one instant, answers included, and keeps all of them.
struct Link {
    Side& a;
    Side& b;
    Instant now{100s};
    std::function<bool(std::size_t number)> lost = [](std::size_t) { return false; };
    std::vector<Header> recorded_to_a{};
    std::vector<Header> recorded_to_b{};
    std::size_t sent = 0;

    void exchange(bool from_a, bool from_b) {
        struct Flying {
            bool to_b;
            Header header;
        };

        std::deque<Flying> flying;
        if (from_a) {
            flying.push_back({true, a.heartbeat(now)});
        }
        if (from_b) {
            flying.push_back({false, b.heartbeat(now)});
        }
        while (!flying.empty()) {
            const Flying packet = flying.front();
            flying.pop_front();
            (packet.to_b ? recorded_to_b : recorded_to_a).push_back(packet.header);
            if (lost(++sent)) {
                continue;
            }
            Side& receiver = packet.to_b ? b : a;
            if (const auto reply = receiver.contact.receive(now, packet.header).reply) {
                flying.push_back({!packet.to_b, receiver.header(*reply)});
            }
        }
        now += interval;
    }

    void exchange() { exchange(true, true); }
};

Reject reason(const Decision& decision) {
    BOOST_REQUIRE(decision.refused.has_value());
    return *decision.refused;
}

} // namespace

BOOST_AUTO_TEST_SUITE(contact)

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

BOOST_AUTO_TEST_CASE(a_packet_counts_once_and_only_for_this_run) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    link.exchange();

    const Header first = a.heartbeat(link.now);
    const Header second = a.heartbeat(link.now);
    BOOST_TEST(b.contact.receive(link.now, second).newest);
    const Decision late = b.contact.receive(link.now, first);
    BOOST_TEST(late.accepted());
    BOOST_TEST(!late.newest);
    BOOST_TEST((reason(b.contact.receive(link.now, first)) == Reject::repeated));
    BOOST_TEST((reason(b.contact.receive(link.now, second)) == Reject::repeated));

    Header other_echo = a.heartbeat(link.now);
    other_echo.echo = run(2, 9);
    const Decision decision = b.contact.receive(link.now + 1s, other_echo);
    BOOST_TEST((reason(decision) == Reject::wrong_echo));
    BOOST_TEST(!decision.reply.has_value());
    BOOST_TEST((b.contact.last_heard() == link.now)); // untouched
    other_echo.echo = b.own;
    BOOST_TEST(b.contact.receive(link.now + 1s, other_echo).accepted()); // nor did it use up the number
}

BOOST_AUTO_TEST_CASE(recorded_packets_establish_nothing_and_move_nothing) {
    // Everything that ever went to b, in its former run too, comes again at every step of b's new contact with a.
    Side a(run(1, 10));
    Side old_b(run(2, 10));
    Link past{a, old_b};
    for (int beat = 0; beat < 5; ++beat) {
        past.exchange();
    }
    const std::vector<Header> recorded = past.recorded_to_b;
    Side b(run(2, 20));
    Instant now = past.now;
    const auto replay_all = [&](const std::vector<Header>& packets) {
        const Incarnation before = b.contact.established();
        const auto heard = b.contact.last_heard();
        for (const Header& header : packets) {
            const Decision decision = b.contact.receive(now, header);
            BOOST_TEST(decision.refused.has_value());
            BOOST_TEST(!decision.established_now);
        }
        BOOST_TEST((b.contact.established() == before));
        BOOST_TEST((b.contact.last_heard() == heard));
    };
    replay_all(recorded);
    Link link{a, b, now};
    for (int beat = 0; beat < 5; ++beat) {
        link.exchange();
        now = link.now;
        replay_all(recorded);
        replay_all(link.recorded_to_b);
    }
    BOOST_TEST(b.knows(a));
    BOOST_TEST(a.knows(b));
    now += 10 * lease; // and after a long silence
    replay_all(recorded);
    replay_all(link.recorded_to_b);
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

BOOST_AUTO_TEST_CASE(a_restarted_peer_replaces_its_former_run_at_once) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    link.exchange();
    Side b_again(run(2, 20));
    Link after{a, b_again, link.now};
    after.exchange(false, true);
    BOOST_TEST(a.knows(b_again));
    BOOST_TEST(b_again.knows(a));

    // What the former run sent, however late and however good, is dropped for good; it is not even answered.
    Header late = b.heartbeat(after.now);
    late.challenge = fresh_nonce();
    for (const auto silence : {0ms, 499ms, 500ms, 5000ms}) {
        const Decision decision = a.contact.receive(after.now + silence, late);
        BOOST_TEST((reason(decision) == Reject::older_run));
        BOOST_TEST(!decision.reply.has_value());
    }
    BOOST_TEST(a.knows(b_again));
}

BOOST_AUTO_TEST_CASE(a_double_of_a_living_peer_stays_outside_and_is_reported_once) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    Side clone(run(3, 10));
    Link link{a, b};
    link.exchange();
    int reports = 0;
    for (int beat = 0; beat < 10; ++beat) {
        link.exchange();
        Header claim = clone.heartbeat(link.now);
        claim.echo = a.own;
        const Decision decision = a.contact.receive(link.now, claim);
        BOOST_TEST((reason(decision) == Reject::rival));
        BOOST_TEST(!decision.reply.has_value()); // not asked while the established one lives
        reports += decision.rival_seen ? 1 : 0;
    }
    BOOST_TEST(reports == 1);
    BOOST_TEST(a.knows(b));
    BOOST_TEST((reason(a.contact.receive(link.now, clone.heartbeat(link.now))) == Reject::rival));
}

BOOST_AUTO_TEST_CASE(another_host_may_take_the_name_after_a_lease_of_silence) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    link.exchange();
    const Instant heard = *a.contact.last_heard();
    Side clone(run(3, 10));

    Link early{a, clone, heard + lease - 1ns};
    early.exchange(false, true);
    BOOST_TEST(a.knows(b));
    Link late{a, clone, heard + lease};
    late.exchange(false, true);
    BOOST_TEST(a.knows(clone));

    // The first one comes back: now it is the double.
    BOOST_TEST((reason(a.contact.receive(late.now, b.heartbeat(late.now))) == Reject::rival));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_established_again_cannot_reuse_its_numbers) {
    Side a(run(1, 10));
    Side b(run(2, 10));
    Link link{a, b};
    link.exchange();
    link.exchange();
    const std::vector<Header> first_stay = link.recorded_to_a;
    Side clone(run(3, 10));
    Link usurped{a, clone, link.now + lease};
    usurped.exchange(false, true);
    BOOST_REQUIRE(a.knows(clone));
    Link back{a, b, usurped.now + lease};
    back.exchange();
    BOOST_REQUIRE(a.knows(b));
    for (const Header& header : first_stay) {
        BOOST_TEST(a.contact.receive(back.now, header).refused.has_value());
    }
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
