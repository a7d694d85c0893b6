#pragma once
// The adversaries that need a whole election: node "a" of three, with both others played by hand.

#include <optional>
#include <string>

namespace belay::sim {

[[nodiscard]] std::optional<std::string> late_vote_lease();
[[nodiscard]] std::optional<std::string> vain_upgrade();

} // namespace belay::sim
