// What may come in a datagram of the heartbeat. Any bytes are decoded as they are; and behind the MAC, which no fuzzer
// can guess, the input is laid over a good packet as a pattern of flipped bits, and the result is signed. What decodes
// must encode to the same bytes, stay within the bounds that the core relies on, and no longer verify with one bit
// changed.

#include "../wire/full_packet.hpp"
#include "belay/wire/heartbeat_codec.hpp"
#include "belay/wire/mac.hpp"
#include "check.hpp"

#include <utility>

namespace {

using namespace belay;
using namespace belay::wire;
using fuzz::must;

constexpr std::uint64_t term_limit = std::uint64_t{1} << 63U;

Keyring& keyring() {
    static Keyring keys = [] {
        ClusterKeys cluster_keys;
        cluster_keys.emplace_back(Bytes(32, 7));
        return Keyring::make(cluster_keys).value();
    }();
    return keys;
}

/// A packet with everything in it, or one with next to nothing.
Bytes good_body(bool full) {
    Packet packet = test::full_packet();
    if (!full) {
        packet.message = {};
        packet.header = {.sender = node_id("alpha"), .incarnation = test::run(10, 20, 30)};
    }
    packet.header.key = keyring().signing_key();
    Bytes body;
    encode(packet, body);
    return body;
}

void must_be_in_bounds(Duration duration) {
    must(duration >= Duration::zero() && duration <= duration_max);
}

void must_be_in_bounds(const core::Ballot& ballot) {
    must(ballot.term < term_limit);
}

void must_be_in_bounds(const Packet& packet) {
    const core::Message& message = packet.message;
    must(packet.header.sender && packet.header.incarnation.known());
    must_be_in_bounds(packet.header.sent_at.time_since_epoch());
    must_be_in_bounds(message.promise_remaining);
    must_be_in_bounds(message.request.composed_at.time_since_epoch());
    must(message.highest_term < term_limit && message.released.count <= core::ReleaseList::count_max);
    must_be_in_bounds(message.held);
    must_be_in_bounds(message.promised);
    must_be_in_bounds(message.request.ballot);
    for (const core::Ballot& ballot : message.released.ballots) {
        must_be_in_bounds(ballot);
    }
    if (message.answer) {
        must(message.answer->bound_term < term_limit);
        must_be_in_bounds(message.answer->ballot);
        must_be_in_bounds(message.answer->asked_at.time_since_epoch());
        must_be_in_bounds(message.answer->promised);
        must_be_in_bounds(message.answer->remaining);
    }
    must(message.reason.words.view().size() <= core::ReasonText::size_max);
}

/// True when it is a packet.
bool decode_and_encode(ByteView bytes) {
    const auto envelope = peek(bytes);
    const auto packet = decode(bytes);
    if (!packet) {
        must(!to_text(packet.error()).empty());
        must(envelope.has_value() || envelope.error() == packet.error());
        return false;
    }
    must(envelope.has_value() && envelope->cluster == packet->header.cluster && envelope->key == packet->header.key);
    must(envelope->sender == packet->header.sender && envelope->receiver == packet->header.receiver);
    must_be_in_bounds(*packet);
    Bytes again;
    encode(*packet, again);
    must(std::ranges::equal(again, bytes.first(body_size)));
    return true;
}

/// One changed bit anywhere in what is signed, or in the MAC.
void must_notice(Bytes packet, std::size_t place) {
    packet[place % packet.size()] ^= static_cast<std::uint8_t>(1U << (place % 8));
    must(keyring().verify(keyring().signing_key(), packet) == Reject::bad_mac);
}

void behind_the_mac(ByteView pattern) {
    static const std::array good{good_body(true), good_body(false)};
    Bytes packet = good.at(pattern.front() % good.size());
    pattern = pattern.subspan(1).first(std::min(pattern.size() - 1, packet.size()));
    std::ranges::transform(pattern, packet, packet.begin(),
                           [](std::uint8_t left, std::uint8_t right) { return left ^ right; });
    must(keyring().sign(packet).has_value() && packet.size() == packet_size);
    const auto envelope = peek(packet);
    const bool decoded = decode_and_encode(packet);
    if (envelope && envelope->key == keyring().signing_key()) {
        must(!keyring().verify(envelope->key, packet));
    }
    must(std::ranges::any_of(pattern, [](std::uint8_t byte) { return byte != 0; }) || decoded);
    must_notice(std::move(packet), pattern.empty() ? 0 : pattern.back() * pattern.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(decode_and_encode({data, size}));
    if (size > 0) {
        behind_the_mac({data, size});
    }
    return 0;
}
