#pragma once
// The numbers that the election rests on (DESIGN section 3, "L, h, D, S, W"), and who takes part.

#include "belay/base/ids.hpp"
#include "belay/base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace belay::core {

/// W of DESIGN section 3: no voting round takes longer.
inline constexpr Duration voting_round_max = std::chrono::milliseconds(150);

/// How long a member that lost its lease ranks behind the others; it doubles with each loss up to the second
/// (DESIGN section 3.3).
inline constexpr Duration ranks_last_first = std::chrono::seconds(10);
inline constexpr Duration ranks_last_max = std::chrono::minutes(5);

struct Parameters {
    Duration lease = std::chrono::milliseconds(500); ///< L
    /// For how long this node promises as an acceptor; what is shorter than the lease counts as the lease. Longer where
    /// the fence is the lifetime of the addresses, which outlives the lease (DESIGN section 4.3).
    Duration promise{};
    Duration heartbeat_interval = std::chrono::milliseconds(100); ///< h
    std::uint32_t clock_drift_ppm = 10'000;                       ///< D, parts per million
    Duration fence_slack = std::chrono::milliseconds(20);         ///< S
    bool preempt = false;
    Duration preempt_delay = std::chrono::seconds(10);
    /// How much higher the priority of another member must be to be handed the VIPs.
    std::int32_t preempt_margin = 1;
    std::int32_t priority = 100; ///< of this node
};

/// What the priority of a node gains whose host has the primary database (belay.ini(5), prefer_primary): more than any
/// that can be configured.
inline constexpr std::int32_t near_primary_bonus = 10'000'000;

/// Whether a priority has that in it, and what it is without.
[[nodiscard]] constexpr bool is_near_primary(std::int32_t priority) noexcept {
    return priority >= near_primary_bonus;
}

[[nodiscard]] constexpr std::int32_t configured_priority(std::int32_t priority) noexcept {
    return is_near_primary(priority) ? priority - near_primary_bonus : priority;
}

/// For how long an acceptor promises.
[[nodiscard]] constexpr Duration promise_span(const Parameters& parameters) noexcept {
    return std::max(parameters.promise, parameters.lease);
}

/// What a span on another host's clock is worth on ours at the least: `span * (1 - D)`.
[[nodiscard]] constexpr Duration less_drift(Duration span, const Parameters& parameters) noexcept {
    constexpr std::int64_t million = 1'000'000;
    return span - (span * static_cast<std::int64_t>(parameters.clock_drift_ppm) / million);
}

struct Participant {
    NodeId id;
    std::string name;
    bool witness = false; ///< votes, never holds
};

/// The voter that `tiebreaker = upstream` adds to two nodes; the hash of no name that anybody has.
inline constexpr NodeId gateway_voter{~std::uint64_t{0}};

/// Everything that is fixed for one run of a daemon.
struct Setup {
    NodeId self;
    Incarnation incarnation;
    std::vector<Participant> nodes; ///< all of them, this one too, in the order of their names
    Parameters parameters;
    bool upstream = false;            ///< of two nodes: a gateway is the missing vote (section 3.7)
    std::int64_t started_unix_ns = 0; ///< start timestamp (DESIGN section 3.4)
    std::uint64_t config_digest = 0;  ///< section 3.8
    Duration abstention{};            ///< at least promise_span(); more when more may have been promised (3.1)
    std::uint64_t seed = 0;           ///< of the jitter
};

} // namespace belay::core
