#pragma once
// The heartbeat thread (DESIGN section 7): owns the UDP sockets, the MAC keys and the contacts with all peers. It sends
// what it is given and tells what was heard; it decides nothing. Heartbeats are composed by the watchdog thread, so
// that they stop when that one hangs; only challenges and their answers are this thread's own.

#include "belay/base/result.hpp"
#include "belay/heartbeat/report.hpp"
#include "belay/heartbeat/setup.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace belay::heartbeat {

/// Called on the heartbeat thread: post on and return. They must not throw, block or call stop(). All may be empty.
struct Handlers {
    /// Heartbeat thread -> watchdog thread. In the order in which they were accepted; at once when one of them says
    /// anything new (heartbeat/news.hpp), else with our own next heartbeat.
    std::function<void(std::vector<Received>)> received;
    /// Heartbeat thread -> watchdog thread. Each second, and at once when a channel changes or a note is made.
    std::function<void(Report)> report;
};

/// The public calls may come from any thread, unless they say otherwise.
class Thread {
public:
    /// Makes the keys and starts the thread. A channel that cannot be opened is no failure: it is tried again each
    /// second and reported. Fails for keys that cannot be used, or without resources for a thread.
    [[nodiscard]] static Result<std::unique_ptr<Thread>> start(const Setup& setup, Handlers handlers);

    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;
    /// Stops.
    ~Thread();

    /// Signs each message and sends it on every channel to its peer; one sequence number for all channels. A message
    /// for a node that is no peer is dropped.
    void send(std::vector<Outbound> messages);

    /// Reads every packet that the kernel has now, delivers what was accepted, then calls `done` on the heartbeat
    /// thread. For the watchdog thread after a stall of its own: nobody is declared silent before (DESIGN section 6).
    void drain(std::function<void()> done);

    /// Signs with the first of them from now on. Fails for keys that cannot be used; the former ones stay then.
    [[nodiscard]] Status replace_keys(const ClusterKeys& keys);

    /// Ends the thread and waits for it; what was posted and not begun is dropped, `done` of drain() too. May be called
    /// again; not from a handler.
    void stop();

private:
    class Loop;

    explicit Thread(std::unique_ptr<Loop> loop);

    std::unique_ptr<Loop> loop_;
};

} // namespace belay::heartbeat
