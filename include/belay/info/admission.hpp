#pragma once
// Who may join (DESIGN section 6): same protocol, same cluster, a configured name that is not our own, the same VIPs,
// the same configuration. Pure. Whether a name is in use twice depends on live sessions: see registry.hpp.

#include "belay/info/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace belay::info {

/// A refusal told from both ends: "here" and "there" mean the reader's own node.
struct Refusal {
    std::string for_us;
    std::string for_peer;
};

/// What a join is compared with.
struct Expected {
    std::string cluster;
    std::string node;                    ///< own name
    std::vector<std::string> peer_names; ///< the other nodes of the configuration
    std::uint64_t vip_digest = 0;
    std::uint64_t config_digest = 0;
    std::string fence = {};
};

/// Why `join` cannot be let in; nothing when it can. The most telling difference comes first: a node of another cluster
/// has other VIPs as well.
[[nodiscard]] std::optional<Refusal> judge(const JoinRequest& join, const Expected& here);

/// For the accepter's card, at the dialler: why it is not the node that was dialled; nothing when it is.
[[nodiscard]] std::optional<Refusal> judge_accepter(const NodeCard& card, const std::string& dialled_name);

/// A second running daemon of the name `name`.
[[nodiscard]] Refusal doubled_name(const std::string& name, const std::string& holder_address,
                                   const std::string& holder_incarnation, const std::string& newcomer_incarnation);

} // namespace belay::info
