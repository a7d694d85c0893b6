#pragma once
// The word that was probably meant.

#include <cstddef>
#include <span>
#include <string_view>

namespace belay::config {

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make one word of the other
/// (optimal string alignment). Upper and lower case count as equal.
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right);

/// The candidate nearest to `word`, if no more than a third of its letters (at least one) had to change; empty
/// otherwise. The first one wins a tie.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

} // namespace belay::config
