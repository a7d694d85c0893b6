// One heartbeat thread, and a peer that the test plays itself: every packet it hears is chosen here.

#include "belay/base/clock.hpp"
#include "belay/heartbeat/channel_socket.hpp"
#include "belay/heartbeat/exchange.hpp"
#include "belay/wire/heartbeat_codec.hpp"
#include "cluster.hpp"
#include "observed_thread.hpp"

#include <boost/test/unit_test.hpp>
#include <future>
#include <poll.h>

using namespace belay::heartbeat;
using namespace belay::heartbeat::test;
using belay::boot_now;
using belay::Bytes;
using belay::ByteView;
using belay::wire::Reject;

namespace {

const Peer alpha = node("alpha", {"127.0.0.1:7951"});
const Peer bravo = node("bravo", {});
const Peer charlie = node("charlie", {"127.0.0.1:7953"});
const Peer mallory = node("mallory", {});

belay::wire::Nonce test_nonce() {
    static std::uint8_t count = 0;
    belay::wire::Nonce nonce;
    nonce.bytes.fill(++count);
    return nonce;
}

Exchange exchange_of(const Setup& setup) {
    auto made = Exchange::make(setup, test_nonce, boot_now());
    BOOST_REQUIRE(made.has_value());
    return std::move(*made);
}

/// The peer, played by hand; nothing is sent or read but when the test says so.
class Played {
public:
    Played()
        : exchange_(exchange_of(setup_of(charlie, {alpha})))
        , socket_(std::move(*ChannelSocket::open(charlie.channels.front()))) {}

    Bytes compose(std::uint64_t number) { return copy(exchange_.compose(boot_now(), 0, message(number))); }

    void send(ByteView bytes) { BOOST_REQUIRE(socket_.send(bytes, alpha.channels.front()).has_value()); }

    /// Answers what came in, waiting a little for it.
    void pump() {
        pollfd ready{.fd = socket_.descriptor(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 20) != 1) {
            return;
        }
        const auto read = socket_.read([this](const RawDatagram& raw) {
            const Outcome outcome = exchange_.receive(
                boot_now(), {.bytes = raw.bytes, .channel = 0, .source = raw.source, .heard_at = raw.heard_at});
            if (outcome.reply) {
                send(copy(exchange_.compose(boot_now(), *outcome.reply)));
            }
        });
        BOOST_REQUIRE(read.has_value());
    }

    static Bytes copy(const belay::Result<ByteView>& packet) {
        BOOST_REQUIRE(packet.has_value());
        return {packet->begin(), packet->end()};
    }

private:
    Exchange exchange_;
    ChannelSocket socket_;
};

struct Attacked {
    Attacked() {
        BOOST_REQUIRE(repeat_until(
            observer,
            [this] {
                peer.send(peer.compose(1));
                peer.pump();
            },
            [this] { return !node.received.empty(); }));
        // Everything that the meeting left in the sockets is through before the story begins.
        drain();
        const std::lock_guard lock(observer.mutex);
        node.received.clear();
    }

    /// Returns when everything sent so far was judged, with a report that has it.
    void drain() {
        std::promise<void> drained;
        node->drain([&drained] { drained.set_value(); });
        BOOST_REQUIRE((drained.get_future().wait_for(deadline) == std::future_status::ready));
        const auto now = boot_now();
        BOOST_REQUIRE(wait_until(observer, [&] { return node.report.made_at >= now; }));
    }

    [[nodiscard]] std::uint64_t strangers(Reject reason) const { return node.report.strangers.of(reason); }

    [[nodiscard]] const belay::wire::ChannelCounts& counts() const {
        return node.report.peers.front().channels.front().counts;
    }

    Observer observer;
    ObservedThread node{observer, setup_of(alpha, {charlie})};
    Played peer;
};

Bytes packet_of(Setup setup) {
    Exchange exchange = exchange_of(setup);
    return Played::copy(exchange.compose(boot_now(), 0, message(666)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_packets)

BOOST_FIXTURE_TEST_CASE(garbage_truncated_and_flipped_packets_are_counted_and_do_nothing, Attacked) {
    const Bytes good = peer.compose(7);
    const std::uint64_t received_before = counts().received;
    Bytes longer = good;
    longer.push_back(0);
    peer.send(Bytes{});
    peer.send(Bytes(10, 0xff));
    peer.send(longer);
    peer.send(Bytes(9'000, 0xaa));
    peer.send(Bytes(good.size(), 0xaa));
    for (std::size_t size = 1; size < good.size(); size += 31) {
        peer.send(ByteView(good).first(size));
    }
    std::size_t flips = 0;
    for (std::size_t place = 64; place < good.size(); place += 7, ++flips) { // behind what the early gates read
        Bytes flipped = good;
        flipped.at(place) ^= 0x10U;
        peer.send(flipped);
    }
    drain();
    {
        const std::lock_guard lock(observer.mutex);
        BOOST_TEST(node.received.empty());
        BOOST_TEST(strangers(Reject::size) == 4U + (good.size() - 2) / 31 + 1);
        BOOST_TEST(strangers(Reject::magic) == 1U);
        BOOST_TEST(strangers(Reject::not_for_me) + strangers(Reject::bad_mac) == flips);
        BOOST_TEST(strangers(Reject::bad_mac) > 80U);
        BOOST_TEST(counts().received == received_before);
    }
    peer.send(good); // none of its damaged copies used up its number
    drain();
    const std::lock_guard lock(observer.mutex);
    BOOST_REQUIRE(node.received.size() == 1U);
    BOOST_TEST((node.received.front().message == message(7)));
}

BOOST_FIXTURE_TEST_CASE(replayed_packets_are_counted_and_do_nothing, Attacked) {
    std::vector<Bytes> recorded;
    for (std::uint64_t number = 10; number < 20; ++number) {
        recorded.push_back(peer.compose(number));
        peer.send(recorded.back());
    }
    drain();
    std::optional<belay::Instant> heard;
    std::uint64_t received_before = 0;
    {
        const std::lock_guard lock(observer.mutex);
        BOOST_TEST(node.received.size() == 10U);
        heard = node.report.peers.front().last_heard;
        received_before = counts().received;
    }
    for (const Bytes& packet : recorded) {
        peer.send(packet);
    }
    drain();
    const std::lock_guard lock(observer.mutex);
    BOOST_TEST(node.received.size() == 10U);
    BOOST_TEST(counts().rejected.of(Reject::repeated) == 10U);
    BOOST_TEST(counts().received == received_before);
    BOOST_TEST((node.report.peers.front().last_heard == heard));
}

BOOST_FIXTURE_TEST_CASE(unknown_senders_foreign_clusters_and_other_keys_are_counted_and_do_nothing, Attacked) {
    Setup foreign = setup_of(charlie, {alpha});
    foreign.cluster_name = "another";
    Setup other_key = setup_of(charlie, {alpha});
    other_key.keys = keys({9});
    peer.send(packet_of(setup_of(mallory, {alpha})));
    peer.send(packet_of(std::move(foreign)));
    peer.send(packet_of(std::move(other_key)));
    peer.send(packet_of(setup_of(charlie, {bravo})));
    drain();
    const std::lock_guard lock(observer.mutex);
    BOOST_TEST(node.received.empty());
    BOOST_TEST(strangers(Reject::unknown_sender) == 1U);
    BOOST_TEST(strangers(Reject::foreign_cluster) == 1U);
    BOOST_TEST(strangers(Reject::unknown_key) == 1U);
    BOOST_TEST(strangers(Reject::not_for_me) == 1U);
    BOOST_TEST(node.report.strangers.total() == 4U);
}

BOOST_FIXTURE_TEST_CASE(drain_delivers_what_is_queued_with_the_time_of_its_arrival, Attacked) {
    std::promise<void> entered;
    std::promise<void> leave;
    const auto left = leave.get_future();
    bool first = true; // of the heartbeat thread
    {
        const std::lock_guard lock(observer.mutex);
        node.on_received = [&] {
            if (std::exchange(first, false)) {
                entered.set_value();
                left.wait(); // the heartbeat thread stalls
            }
        };
    }
    peer.send(peer.compose(1));
    BOOST_REQUIRE((entered.get_future().wait_for(deadline) == std::future_status::ready));
    constexpr std::uint64_t queued = 300; // more than a turn reads
    for (std::uint64_t number = 0; number < queued; ++number) {
        peer.send(peer.compose(1'000 + number));
    }
    std::promise<std::size_t> delivered;
    node->drain([&] {
        const std::lock_guard lock(observer.mutex);
        delivered.set_value(node.received.size());
    });
    const belay::Instant resumed = boot_now();
    leave.set_value();
    auto count = delivered.get_future();
    BOOST_REQUIRE((count.wait_for(deadline) == std::future_status::ready));
    BOOST_TEST(count.get() == 1 + queued);
    const std::lock_guard lock(observer.mutex);
    for (const Received& one : node.received) {
        BOOST_TEST((one.heard_at <= resumed)); // though it was read after that
    }
    node.on_received = {};
}

BOOST_AUTO_TEST_SUITE_END()
