#pragma once
// The heartbeat packet as a value (DESIGN section 6). A header that says who speaks to whom, and that proves freshness
// by echoes and a sequence number, then core::Message; wire/heartbeat_codec.hpp lays it out, wire/mac.hpp signs it and
// wire/contact.hpp fills and judges what belongs to first contact.

#include "belay/base/ids.hpp"
#include "belay/base/time.hpp"
#include "belay/core/message.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace belay::wire {

enum class PacketKind : std::uint8_t {
    heartbeat = 1, ///< carries a message of the election core
    challenge = 2, ///< sent by the heartbeat thread itself to ask or to answer a challenge; its message is empty
};

/// 128 random bits that only a live peer can give back. All zero is none.
struct Nonce {
    std::array<std::uint8_t, 16> bytes{};

    bool operator==(const Nonce&) const = default;

    [[nodiscard]] bool known() const noexcept { return *this != Nonce{}; }
};

/// The first eight bytes of SHA-256(cluster key), as a big-endian number. Tells keys apart, reveals nothing usable.
using KeyId = std::uint64_t;

struct Header {
    std::uint64_t cluster = 0; ///< cluster_id() of the sender's cluster name
    KeyId key = 0;             ///< which key signs it
    PacketKind kind = PacketKind::heartbeat;
    NodeId sender;
    Incarnation incarnation; ///< of the sender
    NodeId receiver;         ///< so that a packet for one node is worthless at another
    /// The receiver's incarnation as the sender last proved it, zero before that. In an answer to a challenge from an
    /// incarnation that is not proved yet: that one, because the answer is meant for it alone.
    Incarnation echo;
    std::uint64_t sequence = 0; ///< of the sender's incarnation towards this receiver; one for all channels, from 1
    Nonce challenge;            ///< the sender asks to get this back; zero: asks nothing
    Nonce nonce_echo;           ///< what the receiver asked to get back; zero: answers nothing
    Instant sent_at;            ///< the sender's clock; for measurements only

    bool operator==(const Header&) const = default;
};

struct Packet {
    Header header;
    core::Message message;

    bool operator==(const Packet&) const = default;
};

/// FNV-1a (64 bits) of the cluster's name. Keeps clusters with one key apart, and a foreign one out of the MAC check.
[[nodiscard]] inline std::uint64_t cluster_id(std::string_view cluster_name) noexcept {
    return node_id(cluster_name).value;
}

} // namespace belay::wire
