#pragma once
// The only place that reads clocks. The pure folders (core, vip, wire) never include it.

#include "belay/base/time.hpp"

namespace belay {

/// Reads CLOCK_BOOTTIME. Any thread.
[[nodiscard]] Instant boot_now() noexcept;

/// Reads CLOCK_BOOTTIME and the wall clock. Any thread.
[[nodiscard]] Moment moment_now() noexcept;

/// Reads CLOCK_REALTIME, as time since the epoch; comparable to the kernel's receive stamps (SO_TIMESTAMPNS).
[[nodiscard]] Duration wall_now() noexcept;

} // namespace belay
