#pragma once
// What this node knows of the others: when each was last heard and what it said last. Also the failure detector: a
// node that was not heard for a lease counts as down. Nothing here carries safety; promises do (core/acceptor.hpp).

#include "belay/core/message.hpp"
#include "belay/core/parameters.hpp"

#include <optional>
#include <string>
#include <vector>

namespace belay::core {

struct Peer {
    NodeId id;
    std::string name;
    bool witness = false;

    Incarnation incarnation; ///< the one it proved; all zero before the first packet
    Instant heard_at;        ///< means nothing before `ever_heard`
    bool ever_heard = false;
    Message said;                          ///< its newest message
    Ballot last_held;                      ///< the last ballot that it said to hold by
    Ballot last_given_up;                  ///< the newest own release of it that was taken note of
    std::optional<Instant> eligible_since; ///< said so in every message since; for `preempt_delay`
    Role role = Role::down;                ///< as last reported: its own word, or down
    std::optional<std::string> refusal;    ///< it refuses this node, in words (info channel)
};

class Peers {
public:
    /// Everybody in `nodes` but `self`.
    Peers(const std::vector<Participant>& nodes, NodeId self);

    [[nodiscard]] Peer* find(NodeId id) noexcept;
    [[nodiscard]] const Peer* find(NodeId id) const noexcept;

    [[nodiscard]] const std::vector<Peer>& all() const noexcept { return peers_; }

    [[nodiscard]] std::vector<Peer>& all() noexcept { return peers_; }

private:
    std::vector<Peer> peers_;
};

/// Heard less than `span` ago, and not leaving.
[[nodiscard]] bool heard_within(const Peer& peer, Instant now, Duration span) noexcept;

/// Takes over what the peer says. `newest` tells that no later packet of it was seen; an overtaken one proves life
/// only.
void hear(Peer& peer, const Incarnation& incarnation, const Message& message, Instant heard_at, bool newest);

} // namespace belay::core
