#pragma once
// The configuration after it was read and found possible: plain values, immutable once a thread has them.
// config/load.hpp makes one from ini text; DESIGN section 9 and belay.ini(5) say what each key means.

#include "belay/base/ids.hpp"
#include "belay/base/inet.hpp"
#include "belay/base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belay::config {

enum class Tiebreaker : std::uint8_t { none, upstream };
enum class FenceKind : std::uint8_t { automatic, nftables, address, off };
enum class NodeKind : std::uint8_t { member, witness };
enum class ServiceKind : std::uint8_t { none, process, tcp, postgres, pgpool };
/// What is done about a foreign host that uses a VIP which this node holds (DESIGN section 5, "Defend").
enum class ConflictPolicy : std::uint8_t { report, defend };

/// `[cluster]`. The same on every node; lease, heartbeat_interval, drift, slack, tiebreaker and fence are part of the
/// digest and need a restart to change.
struct Cluster {
    std::string name;
    std::string key_file;
    Duration heartbeat_interval = std::chrono::milliseconds(100);
    Duration lease = std::chrono::milliseconds(500);
    std::uint32_t clock_drift_ppm = 10'000; ///< parts per million; written as a percentage, `1%`
    Duration fence_slack = std::chrono::milliseconds(20);
    Tiebreaker tiebreaker = Tiebreaker::none;
    FenceKind fence = FenceKind::automatic;
    bool preempt = false;
    Duration preempt_delay = std::chrono::seconds(10);

    bool operator==(const Cluster&) const = default;
};

/// `[node NAME]`.
struct Node {
    std::string name;
    NodeId id;                       ///< node_id(name)
    std::vector<Endpoint> heartbeat; ///< one or more channels; the n-th of every node form channel n
    Endpoint info;
    std::int32_t priority = 100;
    NodeKind kind = NodeKind::member;

    bool operator==(const Node&) const = default;
};

/// `[vip NAME]`.
struct Vip {
    std::string name;
    IpPrefix address;
    std::string interface;

    bool operator==(const Vip&) const = default;
};

/// `[service]`: what is guarded.
struct Service {
    ServiceKind kind = ServiceKind::none;
    std::string pid_file;                              ///< process
    Endpoint address;                                  ///< tcp
    Duration interval = std::chrono::seconds(1);       ///< between two checks
    Duration timeout = std::chrono::milliseconds(500); ///< deadline of one check
    std::uint32_t rise = 1;                            ///< good checks in a row until healthy
    std::uint32_t fall = 2;                            ///< bad checks in a row until unhealthy

    bool operator==(const Service&) const = default;
};

/// `[announce]`: how the VIPs are claimed on the wire: probes before, gratuitous ARP and unsolicited neighbour
/// advertisements after (DESIGN section 5).
struct Announce {
    std::uint32_t burst = 5;                                  ///< announcements of each VIP at a takeover
    Duration burst_interval = std::chrono::milliseconds(200); ///< between two of them
    Duration refresh_interval = std::chrono::seconds(60);     ///< while it is held; zero: never
    std::uint32_t packets_per_second_max = 1000;              ///< switches throttle floods
    std::uint32_t probe_count = 3;                            ///< questions for each VIP before it is claimed; 0: none
    Duration probe_interval = std::chrono::milliseconds(10);  ///< after each of them, before the next or the claim
    ConflictPolicy conflict = ConflictPolicy::report;

    bool operator==(const Announce&) const = default;
};

struct Settings {
    Cluster cluster;
    std::vector<Node> nodes; ///< sorted by name
    std::vector<Vip> vips;   ///< sorted by name
    Service service;
    Announce announce;

    bool operator==(const Settings&) const = default;

    /// The node of that name or id, or nullptr. The pointer lives as long as these settings.
    [[nodiscard]] const Node* find_node(std::string_view name) const noexcept;
    [[nodiscard]] const Node* find_node(NodeId id) const noexcept;
    /// Its name, or the hash in hex of a node that is not configured here.
    [[nodiscard]] std::string name_of(NodeId id) const;
};

/// The first 64 bits of SHA-256 over the canonical text of all that every node must agree on (DESIGN section 3.8):
/// lease, heartbeat interval, drift, slack, node names, roles, tiebreaker, fence, VIPs.
[[nodiscard]] std::uint64_t digest(const Settings& settings);

/// SHA-256 over the canonical text of the VIPs alone, 64 hex digits: what the info channel compares at a join
/// (DESIGN section 6).
[[nodiscard]] std::string vip_digest(const Settings& settings);

} // namespace belay::config
