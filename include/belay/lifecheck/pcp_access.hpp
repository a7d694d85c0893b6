#pragma once
// How the lifecheck thread reaches the pgpool-II of this host: as an interface, so that its users can be tried with a
// pgpool-II that a test plays.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/config/settings.hpp"
#include "belay/pgpool/backend.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace belay::lifecheck {

/// Everything on the thread of one loop. A callback comes exactly once, from the loop and never from within the call;
/// none comes after this was destroyed.
class PcpAccess {
public:
    using BackendsDone = std::function<void(const Result<std::vector<pgpool::Backend>>&)>;
    using TellDone = std::function<void(const Status&)>;

    PcpAccess() = default;
    PcpAccess(const PcpAccess&) = delete;
    PcpAccess& operator=(const PcpAccess&) = delete;
    PcpAccess(PcpAccess&&) = delete;
    PcpAccess& operator=(PcpAccess&&) = delete;
    virtual ~PcpAccess() = default;

    /// All database nodes as pgpool-II sees them.
    virtual void backends(BackendsDone done) = 0;

    /// Carries out one command: `done` when pgpool-II took it, which is before it has done it for all but Recover.
    virtual void tell(const pgpool::Command& command, TellDone done) = 0;
};

/// By PCP. Questions, commands and each recovery have a connection of their own, so that none waits for another; a
/// recovery may take 30 minutes, everything else `timeout`.
[[nodiscard]] std::unique_ptr<PcpAccess> open_pcp(boost::asio::io_context& loop, const config::Pgpool& pgpool,
                                                  Duration timeout);

} // namespace belay::lifecheck
