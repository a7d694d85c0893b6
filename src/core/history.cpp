#include "belay/core/history.hpp"

#include <algorithm>

namespace belay::core {

void History::add(Duration unix_time, const action::RoleChanged& change) {
    if (changes_.size() == size_max) {
        changes_.pop_front();
    }
    changes_.push_back(PastChange{.unix_time = unix_time, .change = change});
}

std::vector<PastChange> History::last(std::size_t count) const {
    const auto skipped = static_cast<std::ptrdiff_t>(changes_.size() - std::min(count, changes_.size()));
    return {changes_.begin() + skipped, changes_.end()};
}

} // namespace belay::core
