#pragma once
// What the heartbeat thread is told at its start, and the messages that go in and out of it (DESIGN section 7).

#include "belay/base/ids.hpp"
#include "belay/base/inet.hpp"
#include "belay/base/secret.hpp"
#include "belay/base/time.hpp"
#include "belay/core/message.hpp"

#include <string>
#include <vector>

namespace belay::heartbeat {

/// Another node of the cluster.
struct Peer {
    NodeId id;
    std::string name;               ///< for logs and reports
    std::vector<Endpoint> channels; ///< the n-th one talks with our n-th one
};

struct Setup {
    std::string cluster_name;
    NodeId self;
    Incarnation incarnation; ///< of this run; known()
    std::vector<Endpoint> channels;
    std::vector<Peer> peers; ///< all others, each once, without `self`
    ClusterKeys keys;
    Duration heartbeat_interval{};
    Duration lease{};
};

/// Watchdog thread -> heartbeat thread: say this to that node, now, on every channel.
struct Outbound {
    NodeId to;
    core::Message message;
};

/// Heartbeat thread -> watchdog thread: a heartbeat that was accepted.
struct Received {
    NodeId from;
    Incarnation incarnation; ///< the established one of `from`
    core::Message message;
    /// When the kernel got it, as well as can be told. Judges silence, and nothing else (DESIGN section 3): never
    /// later than the reading of it, never earlier than the socket was last empty.
    Instant heard_at;
    bool newest = false; ///< no packet with a higher sequence number came before
};

} // namespace belay::heartbeat
