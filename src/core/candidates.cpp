#include "belay/core/candidates.hpp"

#include <algorithm>
#include <tuple>

namespace belay::core {

bool goes_before(const Candidate& left, const Candidate& right) noexcept {
    // Higher priority first: the sides change places for that one element.
    return std::tie(left.ranks_last, right.priority, left.started_unix_ns, left.name) <
           std::tie(right.ranks_last, left.priority, right.started_unix_ns, right.name);
}

std::size_t rank_of(const Candidate& self, const std::vector<Candidate>& others) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(others, [&self](const Candidate& other) { return goes_before(other, self); }));
}

std::optional<Candidate> best_of(const std::vector<Candidate>& candidates) noexcept {
    const auto best = std::ranges::min_element(candidates, goes_before);
    return best == candidates.end() ? std::nullopt : std::optional(*best);
}

} // namespace belay::core
