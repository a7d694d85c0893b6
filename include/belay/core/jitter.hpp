#pragma once
// Small random delays that come from a seed, so that a run can be repeated (DESIGN section 3, end). Not for secrets.

#include "belay/base/split_mix.hpp"
#include "belay/base/time.hpp"

#include <cstdint>

namespace belay::core {

class Jitter {
public:
    explicit Jitter(std::uint64_t seed) noexcept
        : sequence_(seed) {}

    /// Evenly spread over [0, span).
    [[nodiscard]] Duration below(Duration span) noexcept {
        if (span <= Duration::zero()) {
            return Duration::zero();
        }
        return Duration(static_cast<Duration::rep>(sequence_.next() % static_cast<std::uint64_t>(span.count())));
    }

private:
    SplitMix sequence_;
};

} // namespace belay::core
