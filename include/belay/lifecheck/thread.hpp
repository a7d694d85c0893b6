#pragma once
// The lifecheck thread (DESIGN section 7): it owns the check of the guarded service and its event loop, and may wait
// for nothing but that. Health goes out, what to check comes in; nothing else is shared.

#include "belay/base/result.hpp"
#include "belay/config/settings.hpp"
#include "belay/lifecheck/health.hpp"

#include <functional>
#include <memory>

namespace belay::lifecheck {

/// The thread "belay-life". All functions are for one thread, its owner's.
class Thread {
public:
    /// Starts it. `changed` is called on the new thread, first when the first verdict is known and then whenever the
    /// verdict or its detail changes; it should only post. Errors: a kind of service that this build does not check, or
    /// a thread or event loop that the system refuses.
    [[nodiscard]] static Result<std::unique_ptr<Thread>> start(const config::Service& service,
                                                               std::function<void(Health)> changed);

    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;
    Thread(Thread&&) = delete;
    Thread& operator=(Thread&&) = delete;
    /// Stops first.
    ~Thread();

    /// Checks that service from now on; the same one again changes nothing. Until the new check has its first verdict
    /// the last one said stands. A kind that this build does not check is an error, and the old check goes on.
    [[nodiscard]] Status replace(const config::Service& service);

    /// Ends the thread, whatever a check waits for; `changed` is not called after it returned. Again: does nothing.
    void stop();

private:
    class Impl;
    explicit Thread(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace belay::lifecheck
