// Stories of nodes that have met: restarts, doubles, and somebody who records and replays.

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
using belay::wire::Reject;

BOOST_AUTO_TEST_SUITE(contact)

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

BOOST_AUTO_TEST_SUITE_END()
