#pragma once
// What the service manager is told (sd_notify(3)). The protocol is spoken here, not by libsystemd, for one reason:
// sd_notify() waits when the manager does not read, and the thread that calls this holds the lease (DESIGN section 7,
// "may block on its event loop only"). A manager that is not ready loses the message instead; only READY and the
// watchdog matter, and both are repeated or noticed.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/base/unique_fd.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace belay::daemon {

/// Only for the watchdog thread: a beat that another thread sent would hide that this one hangs.
/// Every function says whether the message was handed over; without a service manager all do nothing, successfully.
class Notifier {
public:
    /// From the environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. An address that cannot be used is an error.
    [[nodiscard]] static Result<Notifier> from_environment();

    /// The start, or a reload, is complete.
    [[nodiscard]] bool ready(std::string_view status);
    /// A reload begins; ready() ends it.
    [[nodiscard]] bool reloading();
    /// The stop begins; `status` tells why.
    [[nodiscard]] bool stopping(std::string_view status);
    /// One line for `systemctl status`.
    [[nodiscard]] bool status(std::string_view text);
    /// The daemon is well.
    [[nodiscard]] bool beat();

    /// How often to beat: half of what the manager waits, as sd_watchdog_enabled(3) advises; nothing when it does not.
    [[nodiscard]] std::optional<Duration> beat_interval() const noexcept { return beat_interval_; }

private:
    [[nodiscard]] bool send(const std::string& message);

    UniqueFd socket_;
    std::string address_; ///< the first byte zero for an abstract one; empty: nobody listens
    std::optional<Duration> beat_interval_;
};

} // namespace belay::daemon
