#pragma once
// The last role changes of all nodes as this one saw them, with their reasons (G4): what `belay events` prints.

#include "belay/base/time.hpp"
#include "belay/core/action.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace belay::core {

struct PastChange {
    Duration unix_time; ///< wall clock when it was seen here, since the epoch
    action::RoleChanged change;
};

/// Keeps the last ones, up to a bound. Any one thread.
class History {
public:
    static constexpr std::size_t size_max = 1000;

    void add(Duration unix_time, const action::RoleChanged& change);
    /// The last `count` of them, the oldest first.
    [[nodiscard]] std::vector<PastChange> last(std::size_t count) const;

private:
    std::deque<PastChange> changes_;
};

} // namespace belay::core
