#pragma once
// The deliberate breaks by name (core/sabotage.hpp), and where each one shows.

#include "belay/core/sabotage.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace belay::sim {

struct NamedBreak {
    sabotage::Break which = sabotage::Break::count;
    std::string_view name;
    std::string_view clause;  ///< of DESIGN
    std::string_view profile; ///< random faults of this profile show it; empty: a directed adversary does
};

/// All of them but pre_vote_skipped, which breaks nothing.
[[nodiscard]] const std::vector<NamedBreak>& breaks();

[[nodiscard]] std::optional<NamedBreak> find_break(std::string_view name);

} // namespace belay::sim
