#pragma once
// From settings to what the threads are given at their start. Pure.

#include "belay/base/secret.hpp"
#include "belay/config/settings.hpp"
#include "belay/core/event.hpp"
#include "belay/core/parameters.hpp"
#include "belay/daemon/claim_policy.hpp"
#include "belay/heartbeat/setup.hpp"
#include "belay/info/setup.hpp"
#include "belay/lifecheck/thread.hpp"
#include "belay/vip/announcer.hpp"
#include "belay/vip/plan.hpp"

#include <vector>

namespace belay::daemon {

/// What is fixed for this run of the daemon besides the settings.
struct Run {
    NodeId self;
    Incarnation incarnation;
    std::int64_t started_unix_ns = 0;
    Duration abstention{};
    std::uint64_t seed = 0;
    config::FenceKind fence = config::FenceKind::off; ///< the resolved one, in force for this run
};

[[nodiscard]] core::Setup core_setup(const config::Settings& settings, const Run& run);
/// The part of the settings that a reload may change in the core. `near_primary`: this host has the primary database.
[[nodiscard]] core::Adjusted adjusted(const config::Settings& settings, NodeId self, bool near_primary);
[[nodiscard]] heartbeat::Setup heartbeat_setup(const config::Settings& settings, const Run& run,
                                               const ClusterKeys& keys);
[[nodiscard]] info::Setup info_setup(const config::Settings& settings, const Run& run, const ClusterKeys& keys);
/// What this node has to check: nothing where it is a witness.
[[nodiscard]] config::Service service_of(const config::Settings& settings, NodeId self);
/// That, whom to ask besides, and the pgpool-II to work with, which a witness has not.
[[nodiscard]] lifecheck::Setup lifecheck_setup(const config::Settings& settings, NodeId self);
[[nodiscard]] std::vector<vip::Vip> vips_of(const config::Settings& settings);
[[nodiscard]] vip::Pace pace_of(const config::Announce& announce);
[[nodiscard]] ClaimPolicy claim_policy_of(const config::Announce& announce);

/// "process of /run/x.pid", "tcp 127.0.0.1:5432", "none": what is guarded, in words.
[[nodiscard]] std::string describe(const config::Service& service);
/// The word of the configuration for a kind of service.
[[nodiscard]] std::string_view word_of(config::ServiceKind kind) noexcept;

} // namespace belay::daemon
