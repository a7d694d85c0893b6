#include "belay/heartbeat/exchange.hpp"

#include "belay/wire/heartbeat_codec.hpp"
#include "cluster.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace belay::heartbeat::test;
using belay::Bytes;
using belay::ByteView;
using belay::Endpoint;
using belay::Instant;
using belay::heartbeat::Datagram;
using belay::heartbeat::Exchange;
using belay::heartbeat::Outcome;
using belay::heartbeat::Peer;
using belay::heartbeat::Setup;
using belay::wire::ChannelState;
using belay::wire::Nonce;
using belay::wire::Reject;

namespace {

const Peer alpha = node("alpha", {"10.77.0.1:7940", "10.78.0.1:7940"});
const Peer bravo = node("bravo", {"10.77.0.2:7940", "10.78.0.2:7940"});
constexpr Instant start(100s);

Nonce next_nonce() {
    static std::uint8_t count = 0;
    Nonce nonce;
    nonce.bytes.fill(++count);
    return nonce;
}

Exchange exchange_of(const Setup& setup) {
    auto made = Exchange::make(setup, next_nonce, start);
    BOOST_REQUIRE(made.has_value());
    return std::move(*made);
}

Bytes copy(const belay::Result<ByteView>& packet) {
    BOOST_REQUIRE(packet.has_value());
    return {packet->begin(), packet->end()};
}

struct Pair {
    Exchange a = exchange_of(setup_of(alpha, {bravo}));
    Exchange b = exchange_of(setup_of(bravo, {alpha}));
    Instant now = start;

    /// What the other one makes of a packet of `from`; `channel` as the receiver sees it.
    Outcome give(Exchange& to, const Bytes& bytes, std::size_t channel = 0) {
        const Peer& sender = &to == &a ? bravo : alpha;
        return to.receive(now,
                          {.bytes = bytes, .channel = channel, .source = sender.channels.at(channel), .heard_at = now});
    }

    Bytes heartbeat(Exchange& from, std::uint64_t number = 1) { return copy(from.compose(now, 0, message(number))); }

    void meet() {
        Outcome outcome = give(b, heartbeat(a));
        Exchange* receiver = &a;
        while (outcome.reply) {
            Exchange& sender = receiver == &a ? b : a;
            outcome = give(*receiver, copy(sender.compose(now, *outcome.reply)));
            receiver = &sender;
        }
        BOOST_REQUIRE((a.contact(0).established() == run_of("bravo", 1)));
        BOOST_REQUIRE((b.contact(0).established() == run_of("alpha", 1)));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(exchange)

BOOST_AUTO_TEST_CASE(strangers_meet_and_messages_get_through) {
    Pair pair;
    pair.meet();
    pair.now += 10ms;
    const Outcome outcome = pair.give(pair.b, pair.heartbeat(pair.a, 77));
    BOOST_REQUIRE(outcome.received.has_value());
    BOOST_TEST((outcome.received->from == alpha.id));
    BOOST_TEST((outcome.received->incarnation == run_of("alpha", 1)));
    BOOST_TEST((outcome.received->message == message(77)));
    BOOST_TEST((outcome.received->heard_at == pair.now));
    BOOST_TEST(outcome.received->newest);
    BOOST_TEST(!outcome.suspicious);
}

BOOST_AUTO_TEST_CASE(challenges_carry_no_message_to_the_core) {
    Pair pair;
    const Outcome asked = pair.give(pair.b, pair.heartbeat(pair.a));
    BOOST_REQUIRE(asked.reply.has_value());
    const Outcome answered = pair.give(pair.a, copy(pair.b.compose(pair.now, *asked.reply)));
    BOOST_REQUIRE(answered.reply.has_value());
    const Outcome proved = pair.give(pair.b, copy(pair.a.compose(pair.now, *answered.reply)));
    BOOST_TEST(proved.proved);
    BOOST_TEST(!proved.refused.has_value());
    BOOST_TEST(!proved.received.has_value());
}

BOOST_AUTO_TEST_CASE(the_second_channel_brings_duplicates_and_a_third_copy_is_a_replay) {
    Pair pair;
    pair.meet();
    const auto before = pair.b.channels(0).at(1).counts();
    const Bytes packet = pair.heartbeat(pair.a);
    BOOST_TEST(pair.give(pair.b, packet, 0).received.has_value());
    const Outcome second = pair.give(pair.b, packet, 1);
    BOOST_TEST(!second.received.has_value());
    BOOST_TEST(!second.suspicious);
    BOOST_TEST(pair.b.channels(0).at(1).counts().duplicates == before.duplicates + 1);
    const Outcome third = pair.give(pair.b, packet, 1);
    BOOST_TEST(!third.received.has_value());
    BOOST_TEST(third.suspicious);
    BOOST_TEST(pair.b.channels(0).at(1).counts().rejected.of(Reject::repeated) == 1U);
}

BOOST_AUTO_TEST_CASE(each_gate_refuses_with_its_reason) {
    Pair pair;
    pair.meet();
    const auto refusal = [&](const Bytes& bytes) {
        const Outcome outcome = pair.give(pair.b, bytes);
        BOOST_TEST(!outcome.received.has_value());
        BOOST_TEST(!outcome.reply.has_value());
        BOOST_TEST(outcome.suspicious);
        return outcome.refused.has_value() ? to_text(*outcome.refused) : "accepted";
    };
    const auto made_by = [&](Setup setup) {
        Exchange exchange = exchange_of(setup);
        return copy(exchange.compose(pair.now, 0, message(1)));
    };
    Setup foreign = setup_of(alpha, {bravo});
    foreign.cluster_name = "another";
    Setup wrong_key = setup_of(alpha, {bravo});
    wrong_key.keys = keys({2});
    Bytes damaged = pair.heartbeat(pair.a);
    damaged.at(300) ^= 1U;

    BOOST_TEST(refusal(Bytes(10)) == "size");
    BOOST_TEST(refusal(Bytes(belay::wire::packet_size)) == "magic");
    BOOST_TEST(refusal(made_by(std::move(foreign))) == "foreign_cluster");
    BOOST_TEST(refusal(pair.heartbeat(pair.b)) == "not_for_me"); // its own packet comes back to it
    BOOST_TEST(refusal(made_by(setup_of(node("mallory", {}), {bravo}))) == "unknown_sender");
    BOOST_TEST(refusal(made_by(std::move(wrong_key))) == "unknown_key");
    BOOST_TEST(refusal(damaged) == "bad_mac");
    BOOST_TEST(pair.b.strangers().total() == 7U);
    BOOST_TEST(pair.b.channels(0).at(0).counts().rejected.total() ==
               1U); // only the first packet of the first contact, before it was proved
}

BOOST_AUTO_TEST_CASE(another_source_address_is_counted_and_judged_by_its_mac_alone) {
    Pair pair;
    pair.meet();
    const Bytes packet = pair.heartbeat(pair.a);
    const Endpoint elsewhere = belay::parse_endpoint("10.77.0.99:1").value();
    const Outcome outcome =
        pair.b.receive(pair.now, {.bytes = packet, .channel = 0, .source = elsewhere, .heard_at = pair.now});
    BOOST_TEST(outcome.received.has_value());
    BOOST_TEST(pair.b.channels(0).at(0).counts().foreign_source == 1U);
}

BOOST_AUTO_TEST_CASE(a_double_is_told_once_a_minute_at_most) {
    Pair pair;
    pair.meet();
    int told = 0;
    for (std::uint8_t boot = 1; boot <= 50; ++boot) {
        pair.give(pair.b, pair.heartbeat(pair.a)); // the established one goes on
        Setup setup = setup_of(alpha, {bravo});
        setup.incarnation.boot_id.fill(boot);
        Exchange clone = exchange_of(setup);
        const Outcome outcome = pair.give(pair.b, copy(clone.compose(pair.now, 0, message(1))));
        BOOST_TEST((outcome.refused == Reject::rival));
        told += outcome.rival ? 1 : 0;
    }
    BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_CASE(a_channel_that_falls_silent_changes_and_the_peer_does_not) {
    Pair pair;
    pair.meet();
    pair.give(pair.b, pair.heartbeat(pair.a), 1);
    BOOST_TEST(pair.b.judge_channels(pair.now).size() == 2U);
    for (int beat = 0; beat < 20; ++beat) {
        pair.now += interval;
        BOOST_TEST(pair.give(pair.b, pair.heartbeat(pair.a), 0).received.has_value());
    }
    const auto changes = pair.b.judge_channels(pair.now);
    BOOST_REQUIRE(changes.size() == 1U);
    BOOST_TEST(changes.front().channel == 1U);
    BOOST_TEST((pair.b.channels(0).at(0).state() == ChannelState::up));
    BOOST_TEST((pair.b.channels(0).at(1).state() == ChannelState::down));
}

BOOST_AUTO_TEST_CASE(a_peer_with_fewer_channels_is_heard_on_any) {
    Exchange a = exchange_of(setup_of(node("alpha", {"10.77.0.1:7940"}), {bravo}));
    const Peer short_alpha = node("alpha", {"10.77.0.1:7940"});
    Exchange b = exchange_of(setup_of(bravo, {short_alpha}));
    BOOST_TEST(b.channels(0).size() == 1U);
    const Bytes packet = copy(a.compose(start, 0, message(1)));
    const Outcome outcome =
        b.receive(start, {.bytes = packet, .channel = 1, .source = alpha.channels.at(1), .heard_at = start});
    BOOST_TEST((outcome.refused == Reject::unproved));
    BOOST_TEST(outcome.reply.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
