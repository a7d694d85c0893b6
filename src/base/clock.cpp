#include "belay/base/clock.hpp"

#include <ctime>

namespace belay {

namespace {

Duration read(clockid_t clock) noexcept {
    timespec now{};
    // Cannot fail for these clocks with a valid pointer (clock_gettime(2)).
    ::clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

} // namespace

Instant boot_now() noexcept {
    return Instant(read(CLOCK_BOOTTIME));
}

Duration wall_now() noexcept {
    return read(CLOCK_REALTIME);
}

Moment moment_now() noexcept {
    return {.boot = boot_now(), .unix_time = wall_now()};
}

} // namespace belay
