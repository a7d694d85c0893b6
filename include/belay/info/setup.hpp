#pragma once
// What the info thread needs to know at its start, and what may change while it runs.

#include "belay/base/ids.hpp"
#include "belay/base/inet.hpp"
#include "belay/base/secret.hpp"
#include "belay/base/time.hpp"
#include "belay/info/card.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace belay::info {

/// Another node of the configuration.
struct Peer {
    NodeId id; ///< node_id(name)
    std::string name;
    Endpoint info; ///< where it listens, and the address that its own connections come from
};

/// What this node says when it joins. A change of a digest ends all sessions and joins anew; a change of the card
/// alone is sent to all peers.
struct Own {
    NodeCard card;
    std::uint64_t vip_digest = 0;    ///< over the VIPs only, so that a refusal can name them
    std::uint64_t config_digest = 0; ///< config::digest()
    std::string fence = {};          ///< the resolved one, part of that digest, so that a refusal can name it

    bool operator==(const Own&) const = default;
};

/// Every deadline of the channel. The defaults are for real clusters; tests shorten them.
struct Timing {
    Duration connect_max = std::chrono::seconds(3);      ///< TCP connect
    Duration handshake_max = std::chrono::seconds(3);    ///< the whole TLS handshake
    Duration join_max = std::chrono::seconds(3);         ///< the whole join or its answer, after the handshake
    Duration frame_max = std::chrono::seconds(3);        ///< the rest of a frame after its first byte
    Duration idle_max = std::chrono::seconds(15);        ///< without any frame
    Duration ping_interval = std::chrono::seconds(5);    ///< of the dialler; well below idle_max
    Duration probe_max = std::chrono::seconds(1);        ///< for an older session to prove that it lives
    Duration goodbye_max = std::chrono::seconds(1);      ///< to deliver a refusal before closing
    Duration retry_min = std::chrono::milliseconds(200); ///< first wait after a failed or ended session
    Duration retry_max = std::chrono::seconds(5);        ///< the wait doubles up to this
    Duration refused_retry = std::chrono::seconds(5);    ///< after a refusal
    Duration listen_retry = std::chrono::seconds(1);     ///< after the listener could not be opened
    Duration report_interval = std::chrono::seconds(1);  ///< between two reports nobody asked for
};

/// Moved into Thread::start(). `own.card.name` must be `node_name`; an entry of `peers` with the id `self` is ignored.
struct Setup {
    std::string cluster_name;
    std::string node_name;
    NodeId self;
    Endpoint listen; ///< own info address; outgoing connections come from it, too
    std::vector<Peer> peers;
    ClusterKeys keys; ///< one or two: the first is offered, all are accepted
    Own own;
    Timing timing{};
};

} // namespace belay::info
