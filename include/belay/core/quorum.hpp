#pragma once
// Majorities: a question to all nodes is won, lost or still open. After etcd's quorum package: counting is a value, not
// a loop inside the protocol.

#include <cstddef>
#include <cstdint>

namespace belay::core {

/// How many of `node_count` nodes make a majority, witnesses and this node included.
[[nodiscard]] constexpr std::size_t majority(std::size_t node_count) noexcept {
    return (node_count / 2) + 1;
}

enum class Outcome : std::uint8_t { pending, won, lost };

/// What `granted` yes and `refused` no of `node_count` nodes amount to. Lost as soon as the silent ones cannot turn it.
[[nodiscard]] constexpr Outcome outcome(std::size_t granted, std::size_t refused, std::size_t node_count) noexcept {
    if (granted >= majority(node_count)) {
        return Outcome::won;
    }
    return node_count - refused < majority(node_count) ? Outcome::lost : Outcome::pending;
}

} // namespace belay::core
