#pragma once
// Schedules that random faults rarely reach, written by hand: each gives the clause that it is about exactly the
// packets and moments at which it would fail. They run against the pure values, or a whole simulated cluster, and tell
// what went wrong; nothing when the clause held.

#include "belay/core/sabotage.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::sim {

struct Adversary {
    sabotage::Break clause = sabotage::Break::count; ///< the break that it must notice
    std::string_view story;
    std::optional<std::string> (*attack)() = nullptr;
};

[[nodiscard]] const std::vector<Adversary>& adversaries();

} // namespace belay::sim
