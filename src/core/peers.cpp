#include "belay/core/peers.hpp"

#include <algorithm>

namespace belay::core {

Peers::Peers(const std::vector<Participant>& nodes, NodeId self) {
    for (const Participant& node : nodes) {
        if (node.id != self) {
            Peer peer;
            peer.id = node.id;
            peer.name = node.name;
            peer.witness = node.witness;
            peers_.push_back(std::move(peer));
        }
    }
}

Peer* Peers::find(NodeId id) noexcept {
    const auto found = std::ranges::find(peers_, id, &Peer::id);
    return found == peers_.end() ? nullptr : &*found;
}

const Peer* Peers::find(NodeId id) const noexcept {
    const auto found = std::ranges::find(peers_, id, &Peer::id);
    return found == peers_.end() ? nullptr : &*found;
}

bool heard_within(const Peer& peer, Instant now, Duration span) noexcept {
    return peer.ever_heard && !peer.said.leaving && now - peer.heard_at < span;
}

void hear(Peer& peer, const Incarnation& incarnation, const Message& message, Instant heard_at, bool newest) {
    const bool another_run = incarnation != peer.incarnation;
    peer.heard_at = peer.ever_heard && !another_run ? std::max(peer.heard_at, heard_at) : heard_at;
    peer.ever_heard = true;
    peer.incarnation = incarnation;
    if (!newest && !another_run) {
        return;
    }
    peer.said = message;
    if (message.held.known()) {
        peer.last_held = message.held;
    }
    if (!message.eligible) {
        peer.eligible_since.reset();
    } else if (!peer.eligible_since || another_run) {
        peer.eligible_since = heard_at;
    }
}

} // namespace belay::core
