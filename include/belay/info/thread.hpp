#pragma once
// The info thread (DESIGN sections 6 and 7): TCP with TLS 1.3 and a pre-shared key to every other node, on a thread
// of its own named "belay-info". It joins, exchanges node cards and carries requests. No election depends on it.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/info/handlers.hpp"
#include "belay/info/setup.hpp"

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace belay::info {

/// Called exactly once, on the info thread, with the peer's answer or with why there is none.
using Done = std::function<void(Result<nlohmann::json>)>;

/// Owns the thread and all its sockets. Every call may come from any thread and only posts, except start() and stop().
/// After stop() every call does nothing, and the `done` of an ask() is not called.
class Thread {
public:
    /// Makes the TLS contexts and starts the thread. Fails on unusable keys or a contradicting setup. An address that
    /// cannot be bound is no failure: it is tried again each Timing::listen_retry.
    [[nodiscard]] static Result<std::unique_ptr<Thread>> start(Setup setup, Handlers handlers);

    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;
    Thread(Thread&&) = delete;
    Thread& operator=(Thread&&) = delete;
    /// Stops.
    ~Thread();

    /// Replaces what this node says of itself; tells all peers when it differs. The card's name stays the node's.
    void set_own(Own own);

    /// Sends `request` to a joined peer. `deadline` counts from now and is at most ten minutes. Fails at once when the
    /// peer has no session or 64 requests are outstanding on it, and when the session ends before the answer.
    void ask(NodeId peer, nlohmann::json request, Duration deadline, Done done);

    /// New sessions offer the first of these keys and accept all; existing sessions go on. On failure the old keys
    /// stay.
    [[nodiscard]] Status replace_keys(const ClusterKeys& keys);

    /// Handlers::report will be called soon.
    void request_report();

    /// Closes everything, fails outstanding asks and waits for the thread to end (milliseconds). Not from a handler.
    void stop();

private:
    struct Impl;

    explicit Thread(std::shared_ptr<Impl> impl);

    std::shared_ptr<Impl> impl_;
};

} // namespace belay::info
