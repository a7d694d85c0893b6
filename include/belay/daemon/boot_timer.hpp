#pragma once
// A timer on CLOCK_BOOTTIME for the watchdog's event loop: leases are counted on that clock, so a host that comes back
// from suspend finds its deadline due at once (Asio's own timers stand still while a host sleeps). After timerfd(2).

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

/// One thread, that of the io_context, which must outlive it.
class BootTimer {
public:
    /// `due` is called with the instant that was waited for, at it or later, once for each arm().
    [[nodiscard]] static Result<BootTimer> make(boost::asio::io_context& context, std::function<void(Instant)> due);

    BootTimer(const BootTimer&) = delete;
    BootTimer& operator=(const BootTimer&) = delete;
    BootTimer(BootTimer&&) noexcept;
    BootTimer& operator=(BootTimer&&) noexcept;
    ~BootTimer();

    /// Waits for this instant instead of any other; a past one is due at once, Instant::max() never.
    void arm(Instant at);

private:
    class Impl;
    explicit BootTimer(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

} // namespace belay::daemon
