#pragma once
// What the service of this node answers to the other nodes (`query_peers = count`): with nobody of a majority able to
// query it, clients will not be either. Pure.

#include "belay/base/ids.hpp"

#include <cstddef>
#include <map>

namespace belay::daemon {

/// The last word of each node that has one.
using QueriedBy = std::map<NodeId, bool>;

/// Nodes that make a majority of `node_count` together with this one have asked, and none got an answer.
[[nodiscard]] bool nobody_can_query(const QueriedBy& answered, std::size_t node_count) noexcept;

} // namespace belay::daemon
