#pragma once
// The VIPs as `belay vips` and `belay status` show them. Pure: from what the kernel said of this host.

#include "belay/core/eligibility.hpp"
#include "belay/vip/conflicts.hpp"
#include "belay/vip/host.hpp"
#include "belay/vip/plan.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace belay::daemon {

/// One VIP.
struct VipState {
    std::string name;
    IpPrefix prefix;
    std::string interface;
    bool present = false;                       ///< on this host, put there by this daemon
    std::optional<std::string> problem;         ///< what stands in the way, in words
    std::optional<vip::Conflict> conflict = {}; ///< the foreign host that uses it too
};

/// In the order of the VIPs.
[[nodiscard]] std::vector<VipState> vip_states(std::span<const vip::Vip> vips, const vip::Host& host);

/// What a foreign host does to a VIP; of one without a conflict, that it is being asked for.
[[nodiscard]] std::string conflict_text(const VipState& state);

/// Whether every VIP's interface can serve it; otherwise the first that cannot, and why.
[[nodiscard]] core::Condition usable_links(std::span<const vip::Vip> vips, const vip::Host& host);

} // namespace belay::daemon
