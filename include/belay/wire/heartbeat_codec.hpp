#pragma once
// The layout of a heartbeat: every field at a fixed place, network byte order, one size for all packets. Each packet
// has exactly one encoding, so whatever decodes encodes to the same bytes again. Decoding is total: any bytes give a
// packet or the reason why not.
//
//   magic 4 | version 1 | kind 1 | zero 2 | cluster 8 | key 8 | sender 8 | incarnation 40 | receiver 8 | echo 40 |
//   sequence 8 | challenge 16 | nonce echo 16 | sent at 8 | message | HMAC-SHA256 32

#include "belay/base/bytes.hpp"
#include "belay/base/time.hpp"
#include "belay/wire/heartbeat_packet.hpp"
#include "belay/wire/reject.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>

namespace belay::wire {

inline constexpr std::uint32_t magic = 0x42454c59; ///< "BELY"
inline constexpr std::uint8_t version = 1;         ///< raised with any change of the layout

inline constexpr std::size_t incarnation_size = 16 + 3 * 8;
inline constexpr std::size_t ballot_size = 2 * 8 + incarnation_size;
inline constexpr std::size_t header_size = 8 + 3 * 8 + incarnation_size + 8 + incarnation_size + 8 + 2 * 16 + 8;
/// core::Message, see wire/message_codec.hpp.
inline constexpr std::size_t message_size = 8 + 3 * 8 + 2 * ballot_size + 2 * 8 +
                                            core::ReleaseList::count_max * ballot_size + 2 * (ballot_size + 8) + 4 * 8 +
                                            8 + core::ReasonText::size_max;
inline constexpr std::size_t mac_size = 32;
/// What the MAC covers.
inline constexpr std::size_t body_size = header_size + message_size;
inline constexpr std::size_t packet_size = body_size + mac_size;
static_assert(packet_size <= 1232, "fits in the smallest IPv6 MTU without fragments (RFC 8200 section 5)");

/// Durations and instants on the wire stay below this (146 years), so that sums of two of them cannot overflow. The
/// encoder sends a longer duration ("does not end") as this one.
inline constexpr Duration duration_max{std::int64_t{1} << 62U};

/// What can be read without trusting anything, to drop foreign packets before the cost of a MAC.
struct Envelope {
    std::uint64_t cluster = 0;
    KeyId key = 0;
    NodeId sender;
    NodeId receiver;
};

/// Replaces `body` by the body_size bytes that the MAC is to cover. The packet must be one that decode() would take.
void encode(const Packet& packet, Bytes& body);

/// Checks size, magic and version. `packet` is a whole packet with its MAC.
[[nodiscard]] std::expected<Envelope, Reject> peek(ByteView packet) noexcept;

/// Reads a whole packet. Does not look at the MAC: verify it first (wire/mac.hpp).
[[nodiscard]] std::expected<Packet, Reject> decode(ByteView packet);

} // namespace belay::wire
