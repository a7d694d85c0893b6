#pragma once
// Small random delays that come from a seed, so that a run can be repeated (DESIGN section 3, end). Not for secrets.

#include "belay/base/time.hpp"

#include <cstdint>

namespace belay::core {

class Jitter {
public:
    explicit Jitter(std::uint64_t seed) noexcept
        : state_(seed) {}

    /// Evenly spread over [0, span).
    [[nodiscard]] Duration below(Duration span) noexcept {
        if (span <= Duration::zero()) {
            return Duration::zero();
        }
        return Duration(static_cast<Duration::rep>(next() % static_cast<std::uint64_t>(span.count())));
    }

private:
    /// SplitMix64 (Steele, Lea, Flood 2014).
    std::uint64_t next() noexcept {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }

    std::uint64_t state_;
};

} // namespace belay::core
