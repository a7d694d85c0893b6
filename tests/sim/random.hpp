#pragma once
// All chance of the simulator: one sequence from one seed, so that a seed repeats a run exactly.

#include "belay/base/split_mix.hpp"
#include "belay/base/time.hpp"

#include <cstdint>

namespace belay::sim {

class Random {
public:
    explicit Random(std::uint64_t seed) noexcept
        : sequence_(seed) {}

    std::uint64_t next() noexcept { return sequence_.next(); }

    /// Evenly spread over [0, count); 0 for a count of 0.
    std::uint64_t below(std::uint64_t count) noexcept { return count == 0 ? 0 : next() % count; }

    /// True `permille` times of a thousand.
    bool chance(std::uint64_t permille) noexcept { return permille != 0 && below(1000) < permille; }

    /// Evenly spread over [least, most].
    Duration between(Duration least, Duration most) noexcept {
        return most <= least ? least
                             : least + Duration(static_cast<Duration::rep>(
                                           below(static_cast<std::uint64_t>((most - least).count()) + 1)));
    }

private:
    SplitMix sequence_;
};

} // namespace belay::sim
