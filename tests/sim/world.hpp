#pragma once
// A whole cluster in virtual time: the same Election and Contact objects as in the daemon, a network that delays, loses
// and repeats what it is told to, and hosts that crash, reboot and restart. One thread, no real clock, no real network;
// what happens follows from the commands and the seed alone. The scenarios (tests/scenario) drive it by text.
//
// After every event it checks G1: at most one host serves (DESIGN section 1). A host serves while its VIPs are up and
// its lease, as told to its executor, runs: that is what the fence makes of a daemon that crashed (section 4).

#include "belay/core/election.hpp"
#include "belay/wire/contact.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

namespace belay::sim {

/// Time of the world, from its beginning. Every host has a boot clock of its own that starts elsewhere.
using WorldTime = Duration;

struct NodeOptions {
    std::int32_t priority = 100;
    bool witness = false;
};

/// What the network does to packets from one node to another.
struct Link {
    bool cut = false;
    Duration delay = std::chrono::milliseconds(1);
    Duration vote_delay{}; ///< more, for answers to votes only
};

class World {
public:
    /// `upstream`: the two nodes have a gateway as tiebreaker (DESIGN section 3.7).
    World(core::Parameters parameters, std::map<std::string, NodeOptions> nodes, bool upstream = false);

    // Hosts. A crash leaves the VIPs where they are; starting again removes them first, as the daemon does.
    void start(const std::string& node);
    void crash(const std::string& node);
    void reboot(const std::string& node); ///< crash, and come back as another boot without VIPs; then start()
    void feed(const std::string& node, const core::Event& event);
    void set_digest(const std::string& node, std::uint64_t digest); ///< of its next start
    /// Whether a host reaches the gateway, and hears what other hosts ask and answer on the segment of the VIPs.
    void set_gateway(const std::string& node, bool reachable);
    void set_segment(const std::string& node, bool reachable);

    /// From now on wall clocks tell the world's time and a bit; before, they stand at the epoch.
    void set_wall_clocks() { wall_clocks_ = true; }

    void set_priority(const std::string& node, std::int32_t priority);

    // Network.
    [[nodiscard]] Link& link(const std::string& from, const std::string& to);
    /// From now on keeps a copy of all that `from` sends to `to`.
    void record(const std::string& from, const std::string& to);
    /// Delivers the copies again, in order, and tells how many were accepted.
    std::size_t replay(const std::string& from, const std::string& to);
    /// Makes `node` promise a ballot of a candidate that dies at once: bound to a failed, higher term.
    void bind_to_failed_candidate(const std::string& node, const std::string& candidate, core::Term term);

    void run_for(Duration span);

    [[nodiscard]] WorldTime now() const noexcept { return now_; }

    /// The lines since the last call: role changes, serving, withdrawing, notices, violations.
    [[nodiscard]] std::vector<std::string> take_transcript();

    [[nodiscard]] std::size_t violations() const noexcept { return violations_; }

    /// Who serves now; nobody: empty.
    [[nodiscard]] std::vector<std::string> serving() const;
    [[nodiscard]] const core::Election* election(const std::string& node) const;

private:
    struct Host {
        std::string name;
        NodeOptions options;
        std::uint64_t digest = 1;
        std::uint8_t boot = 1;
        std::uint64_t run = 0;
        Duration clock_ahead{}; ///< its boot clock minus the world's
        bool up = false;
        bool vips_up = false;
        bool gateway = true;
        bool segment = true;
        Duration probe_interval{}; ///< while the election asks for the VIPs
        std::uint64_t probing = 0; ///< number of the running series of questions
        Instant serves_until;
        Incarnation incarnation;
        std::unique_ptr<core::Election> election;
        std::map<std::string, wire::Contact> contacts;
        std::uint64_t wake_number = 0;
    };

    struct Event {
        WorldTime at;
        std::uint64_t order;
        std::function<void()> happen;

        bool operator>(const Event& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
    };

    struct Datagram {
        std::string from;
        wire::Packet packet;
    };

    Host& host(const std::string& name);
    [[nodiscard]] const Host& host(const std::string& name) const;

    [[nodiscard]] Instant local(const Host& host) const { return Instant(now_ + host.clock_ahead); }

    [[nodiscard]] core::Setup setup_of(const Host& host) const;
    void at(WorldTime when, std::function<void()> happen);
    void step(Host& host, const core::Event& event);
    void execute(Host& host, const core::Action& action);
    void plan_wake(Host& host);
    void ask_gateway(Host& host, std::uint64_t run);
    void probe_vips(Host& host, std::uint64_t series);
    [[nodiscard]] bool answers_probes(const Host& host) const;
    void transmit(Host& from, const std::string& to, wire::Packet packet);
    bool deliver(const std::string& to, const Datagram& datagram);
    void check();
    void say(const std::string& node, const std::string& text);

    core::Parameters parameters_;
    bool upstream_;
    bool wall_clocks_ = false;
    std::map<std::string, Host> hosts_;
    std::map<std::pair<std::string, std::string>, Link> links_;
    std::map<std::pair<std::string, std::string>, std::vector<Datagram>> records_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::map<core::Term, core::Ballot> winners_;
    WorldTime now_{};
    std::uint64_t order_ = 0;
    std::uint64_t nonce_ = 0;
    std::size_t violations_ = 0;
    std::string last_violation_;
    std::vector<std::string> transcript_;
};

} // namespace belay::sim
