#pragma once
// The configuration after it was read and found possible: plain values, immutable once a thread has them.
// config/load.hpp makes one from ini text; DESIGN section 9 and belay.ini(5) say what each key means.

#include "belay/base/ids.hpp"
#include "belay/base/inet.hpp"
#include "belay/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace belay::config {

enum class Tiebreaker : std::uint8_t { none, upstream };
enum class FenceKind : std::uint8_t { automatic, nftables, address, off };
enum class NodeKind : std::uint8_t { member, witness };
enum class ServiceKind : std::uint8_t { none, process, tcp, postgres, pgpool };
/// What is done about a foreign host that uses a VIP which this node holds (DESIGN section 5, "Defend").
enum class ConflictPolicy : std::uint8_t { report, defend };
/// Which answers a living pgpool-II must give to be healthy besides running: one of the two, that one, or both.
enum class PgpoolNeeds : std::uint8_t { any, query, pcp, both };
/// What the answers of the other nodes' pgpool-II to our queries are good for.
enum class PeerQueries : std::uint8_t { off, show, count };
/// How many nodes must have seen a database node fail before that is so (pgpool-II: failover_require_consensus).
enum class Consensus : std::uint8_t { none, half, majority };

/// `[cluster]`. The same on every node; lease, heartbeat_interval, drift, slack, tiebreaker, upstream and fence are
/// part of the digest and need a restart to change.
struct Cluster {
    std::string name;
    std::string key_file;
    Duration heartbeat_interval = std::chrono::milliseconds(100);
    Duration lease = std::chrono::milliseconds(500);
    std::uint32_t clock_drift_ppm = 10'000; ///< parts per million; written as a percentage, `1%`
    Duration fence_slack = std::chrono::milliseconds(20);
    Tiebreaker tiebreaker = Tiebreaker::none;
    std::optional<IpAddress> upstream = {}; ///< the gateway that breaks ties; there exactly with Tiebreaker::upstream
    FenceKind fence = FenceKind::automatic; ///< as written; see resolved_fence()
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
    Endpoint service = {};                      ///< where the other nodes ask its service; port 0: not told
    std::optional<std::uint32_t> database = {}; ///< pgpool-II's id of the PostgreSQL on that host

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
    std::string pid_file;                              ///< process, pgpool
    Endpoint address;                                  ///< tcp, postgres, pgpool
    std::string user = {};                             ///< postgres, pgpool: who asks
    std::string database = "postgres";                 ///< in which database
    std::string password_file = {};                    ///< with which password, as libpq's passfile; empty: none
    std::string query = "SELECT 1";                    ///< and what
    PgpoolNeeds needs = PgpoolNeeds::any;              ///< pgpool
    PeerQueries query_peers = PeerQueries::off;        ///< postgres, pgpool
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

/// `[pgpool]`: the pgpool-II of this host as a partner, asked and told by PCP.
struct Pgpool {
    /// Or the path of a UNIX socket.
    std::variant<Endpoint, std::string> pcp = Endpoint{.address = {.bytes = {127, 0, 0, 1}}, .port = 9898};
    std::string pcp_user = {};
    std::string pcp_password_file = {}; ///< in the format of .pcppass
    Duration pcp_timeout = std::chrono::seconds(1);
    Duration poll_interval = std::chrono::milliseconds(500);
    std::string status_file = {};            ///< pgpool_status, watched as well; empty: polled only
    std::string user = "postgres";           ///< whose `belay guard` is obeyed, besides root's
    bool prefer_primary = false;             ///< the VIPs should be where the primary database is
    bool failover_when_quorum_exists = true; ///< guarded commands and events wait for an active node
    Consensus failover_consensus = Consensus::none;
    Duration consensus_timeout = std::chrono::seconds(5);

    bool operator==(const Pgpool&) const = default;
};

/// `[hooks]`: commands of the operator's that follow the role (`belay run-on`).
struct Hooks {
    bool confirm = false;                               ///< the active waits for their word
    Duration confirm_timeout = std::chrono::seconds(5); ///< but no longer
    std::string user = "belay-hooks";                   ///< whose word counts, besides root's

    bool operator==(const Hooks&) const = default;
};

struct Settings {
    Cluster cluster;
    std::vector<Node> nodes; ///< sorted by name
    std::vector<Vip> vips;   ///< sorted by name
    Service service;
    Announce announce;
    std::optional<Pgpool> pgpool; ///< there exactly when the file has the section
    Hooks hooks;

    bool operator==(const Settings&) const = default;

    /// The node of that name or id, or nullptr. The pointer lives as long as these settings.
    [[nodiscard]] const Node* find_node(std::string_view name) const noexcept;
    [[nodiscard]] const Node* find_node(NodeId id) const noexcept;
    /// Its name, or the hash in hex of a node that is not configured here.
    [[nodiscard]] std::string name_of(NodeId id) const;
};

/// What `fence` comes to on a host: `auto` is nftables where the kernel has nf_tables and lets us use it, otherwise the
/// lifetime of the addresses; every other word is what it says. Never FenceKind::automatic.
[[nodiscard]] FenceKind resolved_fence(FenceKind configured, bool nftables_works) noexcept;
/// The word of the configuration: "auto", "nftables", "address", "off".
[[nodiscard]] std::string_view word_of(FenceKind fence) noexcept;

/// For how long an acceptor promises under a resolved fence: the lease; with FenceKind::address as long as the kernel
/// of a holder that hangs may keep a VIP that was refreshed at the very end of the lease (vip/lifetime.hpp, DESIGN
/// section 4.3). At most promise_span_max.
[[nodiscard]] Duration promise_span(const Cluster& cluster, FenceKind fence) noexcept;
/// That of the longest lease (1 min) and the largest drift (20 %) there are.
inline constexpr Duration promise_span_max = std::chrono::seconds(135);

/// The first 64 bits of SHA-256 over the canonical text of all that every node must agree on (DESIGN section 3.8):
/// lease, heartbeat interval, drift, slack, node names, roles, tiebreaker and its gateway, fence, VIPs. `fence` is the
/// resolved one: nodes whose kernels fence differently promise for different times and must not help each other.
[[nodiscard]] std::uint64_t digest(const Settings& settings, FenceKind fence);

/// SHA-256 over the canonical text of the VIPs alone, 64 hex digits: what the info channel compares at a join
/// (DESIGN section 6).
[[nodiscard]] std::string vip_digest(const Settings& settings);

} // namespace belay::config
