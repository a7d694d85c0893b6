#pragma once
// How one channel to one peer does. All channels carry the same packets with the same numbers, so a gap on one of them
// is loss there and nothing more: the node itself goes on as long as any channel works.

#include "belay/base/time.hpp"
#include "belay/wire/reject.hpp"
#include "belay/wire/replay_window.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace belay::wire {

enum class ChannelState : std::uint8_t {
    unheard, ///< nothing yet, and less than a lease since the start
    up,
    down, ///< silent for a lease
};

/// The stable word for logs and JSON.
[[nodiscard]] std::string_view to_text(ChannelState state) noexcept;

struct ChannelCounts {
    std::uint64_t received = 0;       ///< genuine packets, those that another channel had brought before included
    std::uint64_t duplicates = 0;     ///< of them, the ones that another channel had brought before; normal
    std::uint64_t lost = 0;           ///< numbers that never came by this channel
    std::uint64_t foreign_source = 0; ///< genuine, but not from the configured address (NAT, another route)
    RejectCounts rejected;            ///< signed by a key holder, yet refused; replays of this channel included

    bool operator==(const ChannelCounts&) const = default;
};

/// A pure value. Only packets whose MAC held may be told to it.
class ChannelStats {
public:
    ChannelStats(Instant start, Duration lease)
        : silent_since_(start)
        , lease_(lease) {}

    /// The peer proved a run; `sequence` is the first number that counts. Earlier gaps mean nothing any more.
    void begin_run(std::uint64_t sequence);

    /// A genuine packet of the established run came by this channel, accepted or already `duplicate` by another one.
    /// Gives false for a copy that this channel brought before: a replay, counted as such, and no sign of life.
    bool heard(Instant heard_at, std::uint64_t sequence, bool duplicate);

    void refused(Reject reason) noexcept { counts_.rejected.add(reason); }

    void foreign_source() noexcept { ++counts_.foreign_source; }

    /// Moves to up or down by what was heard until `now`; gives true on a change. Drain the socket first, or a stall of
    /// our own is taken for silence of the peer.
    [[nodiscard]] bool judge(Instant now) noexcept;

    [[nodiscard]] ChannelState state() const noexcept { return state_; }

    [[nodiscard]] const ChannelCounts& counts() const noexcept { return counts_; }

    [[nodiscard]] std::optional<Instant> last_heard() const noexcept { return last_heard_; }

private:
    ChannelCounts counts_;
    ReplayWindow window_;
    ChannelState state_ = ChannelState::unheard;
    std::optional<Instant> last_heard_;
    Instant silent_since_; ///< the last packet, or the start
    Duration lease_;
};

} // namespace belay::wire
