#pragma once
// Instants and durations as the whole program uses them. An Instant is a reading of CLOCK_BOOTTIME of this host: it
// goes on through suspend and is never set (DESIGN section 3). This header reads no clock, so that the pure folders
// may include it; base/clock.hpp does.

#include <chrono>
#include <cstdint>
#include <string>

namespace belay {

/// A length of time, in nanoseconds.
using Duration = std::chrono::nanoseconds;

/// The tag that makes an Instant a type of its own; it has no now() on purpose.
struct BootTimeline {
    using rep = Duration::rep;
    using period = Duration::period;
    using duration = Duration;
    static constexpr bool is_steady = true;
};

/// A point on this host's CLOCK_BOOTTIME. Instants of two hosts must never be compared.
using Instant = std::chrono::time_point<BootTimeline, Duration>;

/// One reading of both clocks. `boot` rules every promise and lease; `unix_time` (since the epoch) only helps terms to
/// grow over a full restart, and safety never rests on it (DESIGN section 2, "term").
struct Moment {
    Instant boot;
    Duration unix_time{};
};

/// The text of a duration in the largest unit that keeps it whole: "500ms", "2s", "30min", "0ms".
[[nodiscard]] std::string to_text(Duration duration);

/// Whole milliseconds, rounded towards zero; for messages and JSON.
[[nodiscard]] constexpr std::int64_t to_ms(Duration duration) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

} // namespace belay
