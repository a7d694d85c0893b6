#pragma once
// What a node tells the others about itself over the info channel (DESIGN section 6, "node cards"): text for
// operators. Nothing in the election reads a card.

#include <cstdint>
#include <string>
#include <vector>

namespace belay::info {

/// A node as it describes itself. A card replaces the earlier one of the same node as a whole.
struct NodeCard {
    std::string name;                   ///< as in `[node NAME]`
    std::string incarnation;            ///< to_text(Incarnation); another text is another run of the daemon
    std::string version;                ///< of the daemon
    std::vector<std::string> addresses; ///< of its channels, for people
    std::string service;                ///< HOST:PORT of what is guarded, or a description
    bool service_healthy = false;
    std::string status;               ///< its role, with a reason where there is one
    std::int64_t started_unix_ns = 0; ///< wall clock at its start; shown, never compared

    bool operator==(const NodeCard&) const = default;
};

} // namespace belay::info
