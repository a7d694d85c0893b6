#pragma once
// What the heartbeat thread writes to the log, and the notes of its next report: the same facts, gathered at one place.
// Bad packets are told per reason: the first at once, then at most one line a minute with their number.

#include "belay/heartbeat/exchange.hpp"
#include "belay/heartbeat/report.hpp"
#include "belay/wire/rate_limit.hpp"
#include "belay/wire/reject.hpp"

#include <array>
#include <vector>

namespace belay::heartbeat {

/// One thread.
class Journal {
public:
    /// A peer, by its place in `exchange`, proved its incarnation.
    void proved(const Exchange& exchange, std::size_t peer);
    void rival(const Exchange& exchange, std::size_t peer, const Incarnation& rival);
    void channel_changed(const Exchange& exchange, const ChannelChange& change, Instant now);
    void bad_packet(wire::Reject reason, const Datagram& datagram, Instant now);

    /// Tells what was held back and is due now. Each second.
    void flush(Instant now);

    /// For the next report; empty afterwards.
    [[nodiscard]] std::vector<Note> take_notes();

    [[nodiscard]] bool has_notes() const noexcept { return !notes_.empty(); }

private:
    struct BadPackets {
        wire::CountedLine line{std::chrono::minutes(1)};
        Endpoint source;         ///< of the last one
        std::size_t channel = 0; ///< it came by
    };

    void tell_if_due(wire::Reject reason, Instant now);

    std::array<BadPackets, wire::reject_count> bad_packets_;
    std::vector<Note> notes_;
};

} // namespace belay::heartbeat
