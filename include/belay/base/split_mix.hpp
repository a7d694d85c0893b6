#pragma once
// A sequence of numbers that looks random and is the same for the same seed: for jitter and for the simulator, so that
// a run can be repeated. SplitMix64 (Steele, Lea, Flood 2014). Not for secrets.

#include <cstdint>

namespace belay {

class SplitMix {
public:
    explicit SplitMix(std::uint64_t seed) noexcept
        : state_(seed) {}

    /// The next of 2^64 numbers, each of which comes once.
    std::uint64_t next() noexcept {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }

private:
    std::uint64_t state_;
};

} // namespace belay
