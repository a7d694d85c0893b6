#pragma once
// Which heartbeats the watchdog thread must hear at once. Most of a standby's only say that it is still there; those
// may wait for the next one that says more, or for the next tick: each wake-up of a thread at rest costs more than all
// that it then does.

#include "belay/heartbeat/setup.hpp"

#include <map>

namespace belay::heartbeat {

/// Pure. Heartbeat thread.
class News {
public:
    /// Whether this heartbeat asks or answers something, or says anything else than its sender's last one did. The time
    /// that remains of a promise does not count: it passes by itself.
    [[nodiscard]] bool is_news(const Received& received);

private:
    struct Said {
        Incarnation incarnation;
        core::Message message;
    };

    std::map<NodeId, Said> last_;
};

} // namespace belay::heartbeat
