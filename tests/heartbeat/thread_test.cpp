// Two heartbeat threads that talk over the loopback of an own network namespace.

#include "belay/heartbeat/thread.hpp"

#include "belay/base/clock.hpp"
#include "belay/heartbeat/channel_socket.hpp"
#include "cluster.hpp"
#include "observed_thread.hpp"
#include "private_network.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace belay::heartbeat;
using namespace belay::heartbeat::test;
using belay::boot_now;
using belay::Incarnation;
using belay::test::add_alias;
using belay::test::set_interface_up;
using belay::wire::ChannelState;
using belay::wire::Reject;

namespace {

/// Two nodes with an IPv4 and an IPv6 channel.
struct TwoNodes {
    Peer alpha = node("alpha", {"127.0.0.1:7941", "[::1]:7941"});
    Peer bravo = node("bravo", {"127.0.0.1:7942", "[::1]:7942"});
    Observer observer;
};

void beat(ObservedThread& from, const Peer& to, std::uint64_t number = 1) {
    from->send({{.to = to.id, .message = message(number)}});
}

bool heard(const ObservedThread& thread, const Incarnation& incarnation, std::uint64_t number) {
    return std::ranges::any_of(thread.received, [&](const Received& one) {
        return one.incarnation == incarnation && one.message == message(number);
    });
}

bool all_channels(const ObservedThread& thread, ChannelState state) {
    return thread.report.peers.size() == 1 &&
           std::ranges::all_of(thread.report.peers.front().channels,
                               [state](const ChannelReport& channel) { return channel.state == state; });
}

const ChannelReport& channel(const ObservedThread& thread, std::size_t index) {
    return thread.report.peers.front().channels.at(index);
}

std::vector<std::string> thread_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        std::getline(std::ifstream(entry.path() / "comm") >> std::ws, name);
        names.push_back(name);
    }
    return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(thread)

BOOST_FIXTURE_TEST_CASE(two_threads_meet_and_exchange_messages_over_ipv4_and_ipv6, TwoNodes) {
    ObservedThread a(observer, setup_of(alpha, {bravo}));
    ObservedThread b(observer, setup_of(bravo, {alpha}));
    BOOST_TEST(repeat_until(
        observer,
        [&] {
            beat(a, bravo, 11);
            beat(b, alpha, 22);
        },
        [&] {
            return heard(a, run_of("bravo", 1), 22) && heard(b, run_of("alpha", 1), 11) &&
                   all_channels(a, ChannelState::up) && all_channels(b, ChannelState::up);
        }));
    BOOST_TEST(wait_until(observer, [&] { return std::ranges::count(a.notes, Note::Kind::proved, &Note::kind) == 1; }));
    const std::lock_guard lock(observer.mutex);
    BOOST_TEST((a.report.peers.front().incarnation == run_of("bravo", 1)));
    BOOST_TEST(a.report.strangers.total() == 0U);
    BOOST_TEST(channel(a, 0).trouble.empty());
    BOOST_TEST(std::ranges::all_of(a.received, [](const Received& one) { return one.heard_at <= boot_now(); }));
    const auto names = thread_names();
    BOOST_TEST(std::ranges::count(names, "belay-hb") == 2);
}

BOOST_FIXTURE_TEST_CASE(each_message_is_delivered_once_whatever_the_number_of_channels, TwoNodes) {
    ObservedThread a(observer, setup_of(alpha, {bravo}));
    ObservedThread b(observer, setup_of(bravo, {alpha}));
    const auto beat_both = [&] {
        beat(a, bravo);
        beat(b, alpha);
    };
    BOOST_REQUIRE(repeat_until(observer, beat_both, [&] { return heard(b, run_of("alpha", 1), 1); }));
    for (std::uint64_t number = 100; number < 150; ++number) {
        beat(a, bravo, number);
    }
    BOOST_REQUIRE(wait_until(observer, [&] { return heard(b, run_of("alpha", 1), 149); }));
    // Copies by the other channel may still be on their way: the count of duplicates says when they were seen.
    BOOST_REQUIRE(repeat_until(observer, beat_both, [&] { return channel(b, 1).counts.received >= 50; }));
    const std::lock_guard lock(observer.mutex);
    for (std::uint64_t number = 100; number < 150; ++number) {
        BOOST_TEST(std::ranges::count(b.received, message(number), &Received::message) == 1);
    }
    BOOST_TEST(channel(b, 0).counts.rejected.of(Reject::repeated) == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_asks_is_delivered_at_once_though_the_receiver_sends_nothing, TwoNodes) {
    ObservedThread a(observer, setup_of(alpha, {bravo}));
    ObservedThread b(observer, setup_of(bravo, {alpha}));
    BOOST_REQUIRE(repeat_until(
        observer,
        [&] {
            beat(a, bravo);
            beat(b, alpha);
        },
        [&] { return heard(b, run_of("alpha", 1), 1); }));
    // Each waits for the one before. What only came with the second of the receiver's report would need half a minute.
    const auto deadline_of_all = std::chrono::steady_clock::now() + deadline;
    for (std::uint64_t number = 100; number < 130; ++number) {
        belay::core::Message asking = message(number);
        asking.request.kind = belay::core::RequestKind::renew;
        a->send({{.to = bravo.id, .message = asking}});
        BOOST_REQUIRE(wait_until(observer, [&] {
            return std::ranges::any_of(b.received, [&](const Received& one) { return one.message == asking; });
        }));
    }
    BOOST_TEST((std::chrono::steady_clock::now() < deadline_of_all));
}

BOOST_AUTO_TEST_CASE(a_channel_may_die_and_come_back_with_a_mark_and_nothing_more) {
    const Peer alpha = node("alpha", {"127.0.0.1:7941", "10.77.0.1:7941"});
    const Peer bravo = node("bravo", {"127.0.0.1:7942", "10.77.0.1:7942"});
    BOOST_REQUIRE(add_alias("lo:1", 1).has_value());
    Observer observer;
    ObservedThread a(observer, setup_of(alpha, {bravo}));
    ObservedThread b(observer, setup_of(bravo, {alpha}));
    std::uint64_t number = 0;
    const auto beat_both = [&] {
        beat(a, bravo, ++number);
        beat(b, alpha, number);
    };
    BOOST_REQUIRE(repeat_until(observer, beat_both, [&] { return all_channels(b, ChannelState::up); }));

    BOOST_REQUIRE(set_interface_up("lo:1", false).has_value()); // the address is gone
    BOOST_TEST(repeat_until(observer, beat_both, [&] { return channel(b, 1).state == ChannelState::down; }));
    {
        const std::lock_guard lock(observer.mutex);
        BOOST_TEST((channel(b, 0).state == ChannelState::up));
        BOOST_TEST(channel(b, 1).send_failures > 0U);
        BOOST_TEST(!channel(b, 1).trouble.empty());
        BOOST_TEST(channel(b, 0).counts.lost == 0U);
    }
    beat(a, bravo, 1'000'000);
    BOOST_TEST(wait_until(observer, [&] { return heard(b, run_of("alpha", 1), 1'000'000); }));

    BOOST_REQUIRE(add_alias("lo:1", 1).has_value()); // bound with FREEBIND: the same socket works again
    BOOST_TEST(repeat_until(observer, beat_both, [&] {
        return all_channels(a, ChannelState::up) && all_channels(b, ChannelState::up) && channel(b, 1).trouble.empty();
    }));
    const std::lock_guard lock(observer.mutex);
    BOOST_TEST(channel(b, 1).counts.lost > 0U);
}

BOOST_FIXTURE_TEST_CASE(an_address_that_is_taken_is_tried_again, TwoNodes) {
    std::optional<ChannelSocket> squatter = std::move(*ChannelSocket::open(bravo.channels.at(1)));
    ObservedThread a(observer, setup_of(alpha, {bravo}));
    ObservedThread b(observer, setup_of(bravo, {alpha}));
    const auto beat_both = [&] {
        beat(a, bravo);
        beat(b, alpha);
    };
    BOOST_TEST(repeat_until(observer, beat_both, [&] {
        return !b.report.peers.empty() && channel(b, 0).state == ChannelState::up &&
               channel(b, 1).trouble.find("Address already in use") != std::string::npos;
    }));
    squatter.reset();
    BOOST_TEST(repeat_until(observer, beat_both, [&] { return all_channels(b, ChannelState::up); }));
}

BOOST_FIXTURE_TEST_CASE(a_restarted_node_is_proved_and_its_former_run_forgotten, TwoNodes) {
    ObservedThread a(observer, setup_of(alpha, {bravo}));
    for (const std::int64_t started : {1, 2}) {
        ObservedThread b(observer, setup_of(bravo, {alpha}, started));
        BOOST_TEST(repeat_until(
            observer,
            [&] {
                beat(a, bravo, 5);
                beat(b, alpha, 6);
            },
            [&] { return heard(a, run_of("bravo", started), 6) && heard(b, run_of("alpha", 1), 5); }));
        b->stop();
        b->stop(); // twice is once
    }
    BOOST_TEST(wait_until(observer, [&] { return std::ranges::count(a.notes, Note::Kind::proved, &Note::kind) == 2; }));
}

BOOST_FIXTURE_TEST_CASE(another_key_is_refused_until_the_keys_agree, TwoNodes) {
    Setup other = setup_of(bravo, {alpha});
    other.keys = keys({2});
    ObservedThread a(observer, setup_of(alpha, {bravo}));
    ObservedThread b(observer, std::move(other));
    const auto beat_both = [&] {
        beat(a, bravo);
        beat(b, alpha);
    };
    BOOST_TEST(repeat_until(observer, beat_both, [&] { return a.report.strangers.of(Reject::unknown_key) > 0; }));
    BOOST_TEST(wait_until(observer, [&] {
        return std::ranges::any_of(a.notes, [](const Note& note) {
            return note.kind == Note::Kind::bad_packet && note.reason == Reject::unknown_key && note.count == 1;
        });
    }));
    {
        const std::lock_guard lock(observer.mutex);
        BOOST_TEST(a.received.empty());
        BOOST_TEST(b.received.empty());
    }
    BOOST_TEST(!a->replace_keys({}).has_value()); // refused, and the former keys stay
    BOOST_REQUIRE(a->replace_keys(keys({1, 2})).has_value());
    BOOST_REQUIRE(b->replace_keys(keys({2, 1})).has_value());
    BOOST_TEST(repeat_until(observer, beat_both, [&] { return !a.received.empty() && !b.received.empty(); }));
}

BOOST_FIXTURE_TEST_CASE(keys_that_cannot_be_used_fail_the_start, TwoNodes) {
    Setup setup = setup_of(alpha, {bravo});
    setup.keys.clear();
    BOOST_TEST(!Thread::start(std::move(setup), {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
