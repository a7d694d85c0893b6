#include "belay/daemon/queried.hpp"

#include "belay/core/quorum.hpp"

#include <algorithm>

namespace belay::daemon {

bool nobody_can_query(const QueriedBy& answered, std::size_t node_count) noexcept {
    return answered.size() + 1 >= core::majority(node_count) && !answered.empty() &&
           std::ranges::none_of(answered, [](const auto& one) { return one.second; });
}

} // namespace belay::daemon
