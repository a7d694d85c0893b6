#pragma once
// What `belay status`, `nodes`, `vips` and `events` print, as JSON (DESIGN section 9). Pure: from what the watchdog
// thread knows to a document; belay(1) describes the fields.

#include "belay/config/settings.hpp"
#include "belay/core/election.hpp"
#include "belay/core/history.hpp"
#include "belay/daemon/database_events.hpp"
#include "belay/daemon/fence_keeper.hpp"
#include "belay/daemon/vip_keeper.hpp"
#include "belay/heartbeat/report.hpp"
#include "belay/info/handlers.hpp"
#include "belay/lifecheck/health.hpp"
#include "belay/lifecheck/peer_queries.hpp"

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace belay::daemon {

/// References to what is told about; they need to live for the call only.
struct StatusSource {
    Instant now;
    const config::Settings& settings;
    const core::Election& election;
    const heartbeat::Report& heartbeat;
    const info::Report& info;
    const std::optional<lifecheck::Health>& health; ///< nothing: no verdict yet
    const std::map<NodeId, std::string>& rivals;    ///< other daemons that claim to be a node, in words
    std::vector<lifecheck::PeerHealth> peer_health; ///< what the other nodes' services answer here
    std::vector<VipState> vips;
    FenceState fence;
    std::map<std::string, std::uint64_t> counters; ///< of the parts that keep some of their own
};

[[nodiscard]] nlohmann::json status_json(const StatusSource& source);
[[nodiscard]] nlohmann::json nodes_json(const StatusSource& source);
[[nodiscard]] nlohmann::json vips_json(const StatusSource& source);

/// What happened, as the parts that keep it have it, each in the order of time.
struct EventSource {
    const config::Settings& settings;
    NodeId self;
    std::vector<core::PastChange> changes;
    std::vector<ConflictEvent> conflicts;      ///< what foreign hosts did about the VIPs of this node
    std::vector<FenceEvent> fence;             ///< what became of this node's fence
    std::vector<DatabaseEvent> databases = {}; ///< what happened to the database nodes
};

/// The last `count` of all of them, in the order of their times. Changes of role have "from", "to", "term" and "why"
/// beside "time", "node" and "reason"; the others have "event", conflicts "vip", "address", "interface" and "mac", and
/// database nodes "id" and "version"; their "node" is the one that said so first.
[[nodiscard]] nlohmann::json events_json(const EventSource& source, std::size_t count = core::History::size_max);

/// "2026-11-23T17:40:00.123Z", for a time since the epoch.
[[nodiscard]] std::string utc_text(Duration unix_time);

} // namespace belay::daemon
