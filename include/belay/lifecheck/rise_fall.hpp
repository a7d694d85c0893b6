#pragma once
// From single looks to a verdict: `rise` good ones in a row make a service healthy, `fall` bad ones in a row unhealthy
// (belay.ini(5), [service]). Pure: no clock, no socket.

#include <cstdint>
#include <optional>

namespace belay::lifecheck {

class RiseFall {
public:
    /// Both at least 1.
    RiseFall(std::uint32_t rise, std::uint32_t fall);

    /// One look at the service. `fall` protects a service that was seen healthy; before the first verdict a bad look
    /// decides at once, because there is nothing to protect and silence would explain nothing.
    void observe(bool good);

    /// Nothing before the first verdict.
    [[nodiscard]] std::optional<bool> healthy() const noexcept { return healthy_; }

    /// How many looks in a row, the last one included, were like the last one; never more than needed().
    [[nodiscard]] std::uint32_t in_a_row() const noexcept { return in_a_row_; }

    /// How many like the last one decide: `rise` or `fall`.
    [[nodiscard]] std::uint32_t needed() const noexcept { return last_good_ ? rise_ : fall_; }

    /// A healthy service was seen bad, but not often enough to fall: the time to look more often.
    [[nodiscard]] bool in_doubt() const noexcept { return healthy_ == true && in_a_row_ > 0 && !last_good_; }

private:
    std::uint32_t rise_;
    std::uint32_t fall_;
    std::uint32_t in_a_row_ = 0;
    bool last_good_ = false;
    std::optional<bool> healthy_;
};

} // namespace belay::lifecheck
