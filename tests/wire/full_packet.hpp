#pragma once
// A packet with every field set to a value of its own, so that two fields that change places are seen.

#include "belay/wire/heartbeat_packet.hpp"

namespace belay::wire::test {

inline Incarnation run(std::uint8_t boot, std::int64_t started, std::uint64_t nonce = 1) {
    Incarnation incarnation{.boot_id = {}, .netns_cookie = 77, .started_ns = started, .nonce = nonce};
    incarnation.boot_id.fill(boot);
    return incarnation;
}

inline core::Ballot ballot(std::uint64_t number) {
    return {.term = 1000 + number,
            .node = NodeId{2000 + number},
            .incarnation = run(static_cast<std::uint8_t>(number), static_cast<std::int64_t>(3000 + number), number)};
}

inline Nonce nonce(std::uint8_t first) {
    Nonce value;
    for (std::uint8_t& byte : value.bytes) {
        byte = first++;
    }
    return value;
}

inline core::Message full_message() {
    core::Message message;
    message.role = core::Role::active;
    message.reason = {.why = core::Why::service_failed, .words = "pid 4711 is not running"};
    message.eligible = true;
    message.ranks_last = true;
    message.leaving = true;
    message.service_healthy = true;
    message.priority = -7;
    message.started_unix_ns = 1'700'000'000'123'456'789;
    message.config_digest = 0xfedcba9876543210U;
    message.highest_term = 4242;
    message.held = ballot(1);
    message.promised = ballot(2);
    message.promise_remaining = std::chrono::milliseconds(321);
    message.successor = NodeId{99};
    message.released = {.ballots = {ballot(3), ballot(4), ballot(5), ballot(6)}, .count = 4};
    message.request = {
        .kind = core::RequestKind::renew, .ballot = ballot(7), .composed_at = Instant(std::chrono::seconds(11))};
    message.answer = core::Answer{.to = core::RequestKind::vote,
                                  .ballot = ballot(8),
                                  .asked_at = Instant(std::chrono::seconds(12)),
                                  .verdict = core::Verdict::promised,
                                  .promised = std::chrono::milliseconds(500),
                                  .bound_term = 5555,
                                  .remaining = std::chrono::milliseconds(77)};
    return message;
}

inline Packet full_packet() {
    return {.header = {.cluster = cluster_id("pgha"),
                       .key = 0x1122334455667788U,
                       .kind = PacketKind::challenge,
                       .sender = node_id("alpha"),
                       .incarnation = run(10, 20, 30),
                       .receiver = node_id("bravo"),
                       .echo = run(11, 21, 31),
                       .sequence = 0x0102030405060708U,
                       .challenge = nonce(40),
                       .nonce_echo = nonce(80),
                       .sent_at = Instant(std::chrono::seconds(13))},
            .message = full_message()};
}

} // namespace belay::wire::test
