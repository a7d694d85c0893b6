#pragma once
// The database nodes as this host's pgpool-II sees them, always up to date, and what pgpool-II is told about them.
//
// It is asked each `poll_interval`, at once when it has written its status file, and often for a moment after anything
// that may have changed something: pgpool-II queues commands, and sets status and roles one after the other. The
// status file itself is not read: it may be half-written, and what counts is what pgpool-II works with.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/lifecheck/pcp_access.hpp"
#include "belay/pgpool/backend.hpp"

#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace belay::lifecheck {

/// Whether what was commanded is so.
[[nodiscard]] bool is_done(const pgpool::Command& command, const pgpool::View& view);

/// On the thread of the loop, which must outlive it.
class DatabaseWatch {
public:
    struct Setup {
        Duration poll_interval{};
        std::string status_file; ///< empty: polled only
    };

    /// Looks at once. `told` is called with the first view and with each one that differs from the last; while
    /// pgpool-II does not answer the view keeps what it said last.
    DatabaseWatch(boost::asio::io_context& loop, const Setup& setup, std::unique_ptr<PcpAccess> pcp,
                  std::function<void(const pgpool::View&)> told);
    DatabaseWatch(const DatabaseWatch&) = delete;
    DatabaseWatch& operator=(const DatabaseWatch&) = delete;
    DatabaseWatch(DatabaseWatch&&) = delete;
    DatabaseWatch& operator=(DatabaseWatch&&) = delete;
    ~DatabaseWatch();

    /// Looks now. While a look is under way, however often this is called, one more follows it.
    void look();

    /// Tells pgpool-II; `done` when it took the command (a Recover: when it carried it out). That it is done then shows
    /// in the view, soon.
    void tell(const pgpool::Command& command, std::function<void(Status)> done);

private:
    class Impl;
    std::shared_ptr<Impl> impl_; ///< handlers of the loop hold it weakly
};

} // namespace belay::lifecheck
