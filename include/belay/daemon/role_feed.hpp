#pragma once
// The changes of this node's own role, numbered, for those who follow it (`belay run-on`). Pure: no clock, no socket.

#include "belay/core/action.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace belay::daemon {

struct NumberedChange {
    std::uint64_t number = 0;
    Duration unix_time{}; ///< wall clock, since the epoch
    core::action::RoleChanged change;
};

/// Keeps the last changes, up to a bound. Any one thread.
class RoleFeed {
public:
    static constexpr std::size_t size_max = 64;

    /// `first_number` is above every number that an earlier run gave out, so that a follower that knows one of those
    /// gets what is new to it.
    explicit RoleFeed(std::uint64_t first_number) noexcept;

    /// The number of the next change.
    [[nodiscard]] std::uint64_t next_number() const noexcept { return next_; }

    void add(Duration unix_time, const core::action::RoleChanged& change);

    /// The changes after that number, the oldest first; those that found no room any more are missing. Without a
    /// number, or with one that was never given out: the last change only, which is the present role.
    [[nodiscard]] std::vector<NumberedChange> since(std::optional<std::uint64_t> after) const;

private:
    std::uint64_t next_;
    std::deque<NumberedChange> changes_;
};

} // namespace belay::daemon
