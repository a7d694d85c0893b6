#pragma once
// "At most so many in each interval", and lines about them that tell how many were left out. Pure values: the caller
// reads the clock.

#include "belay/base/time.hpp"

#include <cstdint>
#include <optional>

namespace belay::wire {

class RateLimit {
public:
    RateLimit(std::uint32_t count_max, Duration interval)
        : count_max_(count_max)
        , interval_(interval) {}

    /// Whether one more is allowed now; counts it if so.
    [[nodiscard]] bool allow(Instant now) noexcept {
        if (!since_ || now - *since_ >= interval_) {
            since_ = now;
            count_ = 0;
        }
        if (count_ == count_max_) {
            return false;
        }
        ++count_;
        return true;
    }

private:
    std::uint32_t count_max_;
    Duration interval_;
    std::optional<Instant> since_;
    std::uint32_t count_ = 0;
};

/// A line about something that may happen a million times: the first at once, then one each interval with the number.
class CountedLine {
public:
    explicit CountedLine(Duration interval)
        : interval_(interval) {}

    void add() noexcept { ++untold_; }

    /// How many happened since the last line, if there were any and a line is due now; they count as told then.
    [[nodiscard]] std::optional<std::uint64_t> due(Instant now) noexcept {
        if (untold_ == 0 || (told_at_ && now - *told_at_ < interval_)) {
            return std::nullopt;
        }
        told_at_ = now;
        const std::uint64_t count = untold_;
        untold_ = 0;
        return count;
    }

private:
    Duration interval_;
    std::optional<Instant> told_at_;
    std::uint64_t untold_ = 0;
};

} // namespace belay::wire
