#pragma once
// What became of the fence, for `belay events` (DESIGN section 4 and G4): who took it away and that it is there again,
// or why it is not. The log has the same and more.

#include "belay/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace belay::daemon {

/// One thing that happened to the fence of this node.
struct FenceEvent {
    enum class Kind : std::uint8_t {
        lost,        ///< somebody else changed or removed it
        built,       ///< it was made again
        failed,      ///< it could not be built, armed or closed
        unavailable, ///< nf_tables cannot be used: the lifetime of the addresses takes its place
    };

    Duration unix_time{}; ///< since the epoch
    Kind kind = Kind::lost;
    std::string reason; ///< in words
};

/// "fence_lost", "fence_built", "fence_failed", "fence_unavailable": the names of the same in the log.
[[nodiscard]] const char* event_of(FenceEvent::Kind kind) noexcept;

/// The last ones. One thread, the watchdog.
class FenceEvents {
public:
    static constexpr std::size_t events_max = 1000;

    /// Keeps one that happened now. What repeats the latest one is left out: a failure is tried again all the time.
    void add(FenceEvent::Kind kind, std::string reason);

    /// The last `count` of them, the oldest first.
    [[nodiscard]] std::vector<FenceEvent> last(std::size_t count) const;

private:
    std::deque<FenceEvent> events_;
};

} // namespace belay::daemon
