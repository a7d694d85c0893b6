#pragma once
// A host's monotonic clock: it goes faster or slower than the world's time, at a rate that may change, and stands still
// while the whole host is paused. DESIGN section 1 assumes that the rates of two hosts differ by less than clock_drift;
// rates within plus and minus half of it keep to that.

#include "belay/base/time.hpp"

#include <cstdint>

namespace belay::sim {

/// Time of the world since its beginning; no host can read it.
using WorldTime = Duration;

class HostClock {
public:
    HostClock(Instant at_beginning, std::int64_t rate_ppm) noexcept
        : local_base_(at_beginning)
        , rate_ppm_(rate_ppm) {}

    [[nodiscard]] Instant at(WorldTime world) const noexcept {
        return frozen_ ? local_base_ : local_base_ + ((world - world_base_) * (million + rate_ppm_) / million);
    }

    /// The first time of the world at which the clock shows `local` or more, if its rate stays.
    [[nodiscard]] WorldTime when(Instant local) const noexcept {
        const Duration ahead = local - local_base_;
        return world_base_ + ((ahead * million + Duration(million + rate_ppm_ - 1)) / (million + rate_ppm_));
    }

    void set_rate(WorldTime world, std::int64_t rate_ppm) noexcept {
        rebase(world);
        rate_ppm_ = rate_ppm;
    }

    void freeze(WorldTime world) noexcept {
        rebase(world);
        frozen_ = true;
    }

    void thaw(WorldTime world) noexcept {
        rebase(world);
        frozen_ = false;
    }

private:
    static constexpr std::int64_t million = 1'000'000;

    void rebase(WorldTime world) noexcept {
        local_base_ = at(world);
        world_base_ = world;
    }

    Instant local_base_;
    WorldTime world_base_{};
    std::int64_t rate_ppm_; ///< faster than the world's time
    bool frozen_ = false;
};

} // namespace belay::sim
