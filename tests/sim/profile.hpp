#pragma once
// What a run is made of. A seed draws its cluster and a subset of the faults (swarm testing: a run with a few kinds of
// fault reaches deeper than one with all of them); a profile bounds what may be drawn.

#include "cluster.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace belay::sim {

enum class Fault : std::uint8_t {
    partition, ///< two sides
    one_way,   ///< some directed links are cut
    isolate,
    loss,
    slow_network,
    replay,
    pause,        ///< SIGSTOP
    pause_in_act, ///< SIGSTOP at a step of the executor
    freeze,       ///< whole host
    kill,         ///< and a restart, soon or later
    reboot,
    service,
    links,
    switchover,
    maintenance,
    stop, ///< in good order, and a start
    reconfigure,
    wall_clock,
    drift,
    slow_kernel,
    removal_fails,
    gateway, ///< it dies and comes back; from here on only in profiles that name them
    segment, ///< a host leaves the network of the VIPs, sometimes with its heartbeats
    segment_loss,
    operator_fences, ///< an operator switches one of two hosts off and says so to the other
};

/// The kinds of fault that a profile without a list draws from: all before Fault::gateway.
inline constexpr auto common_fault_count = static_cast<std::uint64_t>(Fault::gateway);

struct Profile {
    std::string_view name;
    std::string_view about;
    std::vector<Fault> faults;  ///< that a seed may draw; empty: all but those outside G1
    bool at_limit = false;      ///< clocks, jiffies and delays at the limit of what is assumed
    std::size_t node_count = 0; ///< 0: drawn
    Duration lease{};           ///< 0: drawn
    bool upstream = false;
    Fence fence = Fence::nftables;
    std::size_t witness_count_max = 1; ///< one or more of them are certain when it is above 1
};

/// Nothing when there is no profile of that name.
[[nodiscard]] std::optional<Profile> find_profile(std::string_view name);
[[nodiscard]] const std::vector<Profile>& profiles();

/// A run, drawn from its seed.
struct Plan {
    Layout layout;
    std::vector<Fault> faults;
    Duration fault_every; ///< on average
    bool skips_pre_vote = false;
};

[[nodiscard]] Plan draw(const Profile& profile, Random& random);

} // namespace belay::sim
