#include "belay/daemon/notify.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/un.h>

namespace belay::daemon {

namespace {

std::string_view variable(const char* name) {
    const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value == nullptr ? std::string_view() : value;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && value > 0 ? std::optional(value) : std::nullopt;
}

std::optional<Duration> beat_interval_wanted() {
    const std::optional<std::int64_t> limit_us = number(variable("WATCHDOG_USEC"));
    const std::string_view pid = variable("WATCHDOG_PID");
    if (!limit_us || (!pid.empty() && number(pid) != ::getpid())) {
        return std::nullopt; // not wanted, or of another process
    }
    return std::chrono::duration_cast<Duration>(std::chrono::microseconds(*limit_us)) / 2;
}

/// One assignment is one line: what comes from elsewhere must not add another.
std::string assignment(std::string_view key, std::string_view value) {
    std::string line = fmt::format("{}={}", key, value);
    std::ranges::replace_if(line, [](char letter) { return static_cast<unsigned char>(letter) < 0x20; }, ' ');
    return line + '\n';
}

} // namespace

Result<Notifier> Notifier::from_environment() {
    Notifier notifier;
    notifier.beat_interval_ = beat_interval_wanted();
    const std::string_view address = variable("NOTIFY_SOCKET");
    if (address.empty()) {
        return notifier;
    }
    if ((address.front() != '/' && address.front() != '@') || address.size() >= sizeof(sockaddr_un::sun_path)) {
        return fail("NOTIFY_SOCKET is \"{}\", which is neither a path nor an abstract socket", address);
    }
    notifier.address_ = address;
    if (address.front() == '@') {
        notifier.address_.front() = '\0';
    }
    notifier.socket_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!notifier.socket_) {
        return fail_errno(errno, "cannot open a socket for the service manager");
    }
    return notifier;
}

bool Notifier::ready(std::string_view status) {
    return send("READY=1\n" + assignment("STATUS", status));
}

bool Notifier::reloading() {
    // CLOCK_MONOTONIC: Type=notify-reload pairs it with the signal that it sent.
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\n",
                            std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

bool Notifier::stopping(std::string_view status) {
    return send("STOPPING=1\n" + assignment("STATUS", status));
}

bool Notifier::status(std::string_view text) {
    return send(assignment("STATUS", text));
}

bool Notifier::beat() {
    return send("WATCHDOG=1\n");
}

/// Addressed anew each time, so that a manager that was started again is found. The kernel adds our credentials, which
/// the manager asks for, by itself.
bool Notifier::send(const std::string& message) {
    if (address_.empty()) {
        return true;
    }
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::ranges::copy(address_, &to.sun_path[0]);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    return ::sendto(socket_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&to), size) == static_cast<ssize_t>(message.size());
}

} // namespace belay::daemon
