#pragma once
// When a packet arrived, on this host's CLOCK_BOOTTIME, told from the kernel's receive stamp (SO_TIMESTAMPNS), which is
// wall-clock time and may be set to anything between the arrival and the reading (DESIGN section 3, "Clock").

#include "belay/base/time.hpp"

#include <algorithm>

namespace belay::heartbeat {

/// `boot_now` and `wall_now` were read after the packet; `stamp` is the kernel's; `empty_at` is an instant at which the
/// socket had no packet. The answer lies between `empty_at` and `boot_now`, whatever the wall clock did.
[[nodiscard]] inline Instant arrival_time(Instant boot_now, Duration wall_now, Duration stamp, Instant empty_at) {
    const Duration age_max = std::max(boot_now - empty_at, Duration::zero());
    return boot_now - std::clamp(wall_now - stamp, Duration::zero(), age_max);
}

} // namespace belay::heartbeat
