#pragma once
// What a configuration survives and what it does not (DESIGN sections 3.7 and 4): for each kind of failure, what
// happens to the VIPs. Pure; `belay check-config` prints it, so that nobody has to find out at night.

#include "belay/base/time.hpp"
#include "belay/config/settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belay::config {

/// How the clients fare.
enum class Fate : std::uint8_t {
    served,   ///< on by the same node, or by another one in a moment
    waits,    ///< gone until something comes back by itself or is brought back
    operated, ///< gone until an operator decides
    doubled,  ///< two nodes may answer for a VIP at once: G1 does not hold
};

/// The stable word for JSON.
[[nodiscard]] std::string_view to_text(Fate fate) noexcept;

struct Survival {
    std::string_view event; ///< a stable word for JSON, such as "daemon_hung"
    std::string_view title; ///< for people, at most 27 letters
    Fate fate = Fate::served;
    std::string text; ///< what happens to the VIPs; at most 49 letters, so that the table fits 80 columns
};

/// The longest time without a holder after a silent failure that is survived (G2): the promise, two heartbeats, one
/// voting round and 50 ms; with `tiebreaker = upstream` two leases of probing more.
[[nodiscard]] Duration takeover_max(const Cluster& cluster);

/// One row for each failure that this configuration can meet, in a fixed order. `fence = auto` is taken for nftables.
[[nodiscard]] std::vector<Survival> survival(const Settings& settings);

} // namespace belay::config
