#pragma once
// Which heartbeats the watchdog thread must hear at once. Most of a standby's only say that it is still there, or renew
// a lease that a majority has renewed already; those may wait for the next one that says more, or for the next tick:
// each wake-up of a thread at rest costs more than all that it then does.

#include "belay/heartbeat/setup.hpp"

#include <cstddef>
#include <map>
#include <set>

namespace belay::heartbeat {

/// Pure. Heartbeat thread.
class News {
public:
    /// `majority`: how many peers, with us, make a majority of the cluster.
    explicit News(std::size_t majority)
        : majority_(majority) {}

    /// Whether this heartbeat asks or answers something, or says anything else than its sender's last one did. The time
    /// that remains of a promise does not count: it passes by itself. Nor does it count that a peer grants a renewal
    /// which a majority has granted.
    [[nodiscard]] bool is_news(const Received& received);

private:
    struct Said {
        Incarnation incarnation;
        core::Message message; ///< without what changes in every one
    };

    [[nodiscard]] bool is_needed(NodeId from, const core::Answer& answer);

    std::size_t majority_;
    std::map<NodeId, Said> last_;
    Instant renewal_;           ///< the newest that was answered, by when it was composed
    std::set<NodeId> granters_; ///< of that renewal
};

} // namespace belay::heartbeat
