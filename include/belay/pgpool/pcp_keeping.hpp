#pragma once
// When a PCP connection may stay open between two requests. It is a question at all because pgpool-II ends each
// failover and failback by restarting its PCP process, for which its main process waits until every PCP worker has left
// (pgpool_main.c, failover()): as long as a client keeps its connection open, no other failover or failback happens and
// no new PCP connection is served [tried with 4.3.5]. Besides, a worker judges D and O by the states that the database
// nodes had when it began [tried]. A connection for each look instead would put three lines into pgpool-II's log, twice
// a second for ever.
//
// So: never across a change of a database node, nor in the time after one in which the failover may still go on
// (failover_command, the search for a primary); and never for long, in case a failover changed nothing that we see.

#include "belay/base/time.hpp"
#include "belay/pgpool/pcp_reply.hpp"

#include <chrono>
#include <vector>

namespace belay::pgpool {

/// Pure: the caller says what time it is, on one steady clock.
class PcpKeeping {
public:
    using Time = std::chrono::steady_clock::time_point;

    struct Limits {
        /// Without a change before anything is kept: search_primary_node_timeout is 300 s by default, hooks come on
        /// top.
        Duration quiet_min = std::chrono::minutes(6);
        Duration age_max = std::chrono::seconds(30);
        /// Between two requests. pgpool-II's main process pauses for 1 s before it begins to wait for us.
        Duration idle_max = std::chrono::milliseconds(900);
    };

    /// Begins as after a change: a failover may be under way.
    PcpKeeping(const Limits& limits, Time now)
        : limits_(limits)
        , changed_(now) {}

    void opened(Time now) noexcept { opened_ = now; }

    /// We told it something that changes a node.
    void changed(Time now) noexcept { changed_ = now; }

    /// A look found these.
    void saw(const std::vector<PcpNode>& nodes, Time now);

    [[nodiscard]] bool may_keep(Time now) const noexcept;

    [[nodiscard]] Duration idle_max() const noexcept { return limits_.idle_max; }

private:
    Limits limits_;
    Time changed_;
    Time opened_;
    std::vector<PcpNode> nodes_;
};

} // namespace belay::pgpool
