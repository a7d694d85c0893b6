#pragma once
// What is promised and renewed (DESIGN section 2, "ballot"): never a bare term, because two candidates may choose the
// same term and a restarted daemon is another candidate.

#include "belay/base/ids.hpp"

#include <compare>
#include <cstdint>

namespace belay::core {

/// Grows with each holder: max(highest seen + 1, unix seconds << 16). Zero is no term.
using Term = std::uint64_t;

struct Ballot {
    Term term = 0;
    NodeId node;
    Incarnation incarnation;

    auto operator<=>(const Ballot&) const = default;

    [[nodiscard]] bool known() const noexcept { return term != 0; }

    /// Whether both were made by the same run of the same daemon.
    [[nodiscard]] bool same_proposer(const Ballot& other) const noexcept {
        return node == other.node && incarnation == other.incarnation;
    }
};

} // namespace belay::core
