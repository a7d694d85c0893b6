#pragma once
// The adversaries of rule 3.7: one of two nodes, with the other one, the gateway and the VIPs' network played by hand.

#include <optional>
#include <string>

namespace belay::sim {

// Node "b" with a gateway; "a" is silent.
[[nodiscard]] std::optional<std::string> taken_from_answering_host();
[[nodiscard]] std::optional<std::string> second_claim_stays();
[[nodiscard]] std::optional<std::string> silence_with_a_pause();
[[nodiscard]] std::optional<std::string> rival_runs_over();
[[nodiscard]] std::optional<std::string> old_farewell();
[[nodiscard]] std::optional<std::string> fenced_node_returns();
[[nodiscard]] std::optional<std::string> right_survives_lease();
// Without a tiebreaker.
[[nodiscard]] std::optional<std::string> right_survives_vote();

} // namespace belay::sim
