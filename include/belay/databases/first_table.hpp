#pragma once
// The first table of a cluster, from what the pgpool-IIs say, and how many must agree that a database node failed.
// Pure.

#include "belay/databases/message.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace belay::databases {

/// What most of them say of each database node; where they are even, what `own` says, else that it is detached: a
/// missing database node costs capacity, a stale one answers wrongly. The same for the primary. `all` is not empty.
/// The versions are for the active to set.
[[nodiscard]] Table first_table(const std::map<NodeId, Sightings>& all, NodeId own);

/// How many nodes must have seen a database node fail before that is so (pgpool-II: failover_require_consensus,
/// enable_consensus_with_half_votes).
enum class Consensus : std::uint8_t { none, half, majority };

/// Votes needed of `members` nodes that could see it; at least one.
[[nodiscard]] std::size_t votes_needed(Consensus consensus, std::size_t members) noexcept;

} // namespace belay::databases
