#pragma once
// The lifecheck thread (DESIGN section 7): it owns the check of the guarded service, the queries to other nodes, what
// is asked of and told to the pgpool-II of this host, and their event loop; it waits for nothing but that. What was
// found goes out, what to check and to tell comes in; nothing else is shared.

#include "belay/base/result.hpp"
#include "belay/config/settings.hpp"
#include "belay/lifecheck/health.hpp"
#include "belay/lifecheck/peer_queries.hpp"
#include "belay/pgpool/backend.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace belay::lifecheck {

struct Setup {
    config::Service service;
    std::vector<PeerService> peers;       ///< those with a `service` address, without this node
    std::optional<config::Pgpool> pgpool; ///< nothing on a witness
};

/// All are called on the lifecheck thread and should only post. What is left empty is not told.
struct Handlers {
    /// First when the first verdict is known, then whenever the verdict or its detail changes.
    std::function<void(Health)> health;
    /// First after the first look, then whenever the view changes; never without [pgpool].
    std::function<void(pgpool::View)> databases;
    /// All peers of which a verdict is known, whenever one of them changes; empty when queries end.
    std::function<void(std::vector<PeerHealth>)> peers;
};

/// The thread "belay-life". All functions are for one thread, its owner's.
class Thread {
public:
    /// Starts it. Errors: a service that cannot be checked, or a thread or event loop that the system refuses.
    [[nodiscard]] static Result<std::unique_ptr<Thread>> start(Setup setup, Handlers handlers);

    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;
    Thread(Thread&&) = delete;
    Thread& operator=(Thread&&) = delete;
    /// Stops first.
    ~Thread();

    /// Checks that service and asks those peers from now on; the same ones again change nothing. Until the new check
    /// has its first verdict the last one said stands. A service that cannot be checked is an error, and the old check
    /// goes on. `pgpool` stays as it was at the start.
    [[nodiscard]] Status replace(const Setup& setup);

    /// Tells the pgpool-II of this host. `done` comes on the lifecheck thread when it took the command, or, for
    /// Recover, when that ended, up to 30 minutes later. It is not called any more once the thread was stopped.
    void tell(pgpool::Command command, std::function<void(Status)> done);

    /// Looks at the database nodes now, beside the usual interval.
    void look();

    /// Ends the thread, whatever a check waits for; no handler is called after it returned. Again: does nothing.
    void stop();

private:
    class Impl;
    explicit Thread(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace belay::lifecheck
