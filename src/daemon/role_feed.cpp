#include "belay/daemon/role_feed.hpp"

#include <algorithm>

namespace belay::daemon {

RoleFeed::RoleFeed(std::uint64_t first_number) noexcept
    : next_(first_number) {}

void RoleFeed::add(Duration unix_time, const core::action::RoleChanged& change) {
    if (changes_.size() == size_max) {
        changes_.pop_front();
    }
    changes_.push_back({.number = next_, .unix_time = unix_time, .change = change});
    ++next_;
}

std::vector<NumberedChange> RoleFeed::since(std::optional<std::uint64_t> after) const {
    if (changes_.empty()) {
        return {};
    }
    if (!after || *after >= next_) {
        return {changes_.back()};
    }
    const auto first =
        std::ranges::find_if(changes_, [after](const NumberedChange& told) { return told.number > *after; });
    return {first, changes_.end()};
}

} // namespace belay::daemon
