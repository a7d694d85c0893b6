#pragma once
// What happened on the info channel since the start, and the kinds of failure that are counted apart.

#include <cstdint>
#include <string>

namespace belay::info {

/// Why a connection ended or never became a session.
enum class Fault : std::uint8_t {
    closed,         ///< by the peer, by the network or by us
    timed_out,      ///< a deadline of Timing passed
    wrong_key,      ///< the peer does not have our cluster key
    not_tls,        ///< what came is not TLS 1.3 with a pre-shared key
    frame_too_long, ///< a length above frame_bytes_max
    bad_message,    ///< not JSON, nested too deeply, or not a message of this protocol
};

/// A fault with its words for an operator.
struct Failure {
    Fault fault = Fault::closed;
    std::string text;
};

/// Only ever grow, from zero at the start of the thread.
struct Counters {
    std::uint64_t connections_accepted = 0; ///< by the listener, before anything was read
    std::uint64_t connections_over_limit = 0;
    std::uint64_t connections_dialled = 0;
    std::uint64_t handshakes_timed_out = 0;
    std::uint64_t handshakes_wrong_key = 0;
    std::uint64_t handshakes_not_tls = 0;
    std::uint64_t sessions_joined = 0; ///< in both directions
    std::uint64_t joins_refused_by_us = 0;
    std::uint64_t joins_refused_by_peer = 0;
    std::uint64_t timed_out = 0; ///< after the handshake: no join, a frame that does not end, idle
    std::uint64_t frames_too_long = 0;
    std::uint64_t messages_bad = 0;
    std::uint64_t messages_unknown = 0; ///< well-formed, of a type that this version does not know; ignored
    std::uint64_t messages_received = 0;

    /// Adds a failure of the TLS handshake.
    void count_handshake(Fault fault) noexcept;
    /// Adds a failure after the handshake.
    void count_session(Fault fault) noexcept;
};

} // namespace belay::info
