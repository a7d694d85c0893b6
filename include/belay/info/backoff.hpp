#pragma once
// How long a dialler waits before its next attempt. Pure: the randomness comes from a seed.

#include "belay/base/time.hpp"

#include <cstdint>
#include <random>

namespace belay::info {

/// Doubles from `min` to `max`; each wait is up to a quarter shorter, so that nodes that lost the same peer at the same
/// instant do not come back at the same instant.
class Backoff {
public:
    Backoff(Duration min, Duration max, std::uint32_t seed)
        : min_(min)
        , max_(max)
        , next_(min)
        , random_(seed) {}

    /// The wait before the next attempt.
    [[nodiscard]] Duration next();

    /// After a session that had joined: begin at `min` again.
    void reset() noexcept { next_ = min_; }

private:
    Duration min_;
    Duration max_;
    Duration next_;
    std::minstd_rand random_;
};

} // namespace belay::info
