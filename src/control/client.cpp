#include "belay/control/client.hpp"

#include "belay/base/clock.hpp"
#include "belay/control/address.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace belay::control {

namespace {

using Failed = std::unexpected<CallError>;

Failed failed(CallFailure failure, std::string text) {
    return Failed(CallError{.failure = failure, .text = std::move(text)});
}

/// One connection, closed at the end of its scope. Every wait ends at one and the same deadline.
class Connection {
public:
    Connection(const std::string& path, Duration timeout)
        : path_(path)
        , timeout_(timeout)
        , deadline_(boot_now() + timeout)
        , fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection(Connection&&) = delete;
    Connection& operator=(Connection&&) = delete;

    ~Connection() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    std::expected<void, CallError> connect() {
        const auto address = local_address(path_);
        if (!address) {
            return failed(CallFailure::not_reachable, address.error().text);
        }
        // A daemon that hangs with a full queue blocks connect(2) for as long as its sender may block.
        const timeval patience = as_timeval(timeout_);
        if (fd_ < 0 || ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0 ||
            // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the interface of connect(2)
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
            return connect_failure(errno);
        }
        return {};
    }

    /// A daemon that turns us away may hang up before it has read everything; its answer is still there to be read.
    std::expected<void, CallError> send(std::string_view line) {
        while (!line.empty()) {
            const ssize_t sent = ::send(fd_, line.data(), line.size(), MSG_NOSIGNAL);
            if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) {
                return {};
            }
            if (sent < 0 && errno == EAGAIN) {
                return timed_out();
            }
            if (sent < 0 && errno != EINTR) {
                return failed(CallFailure::not_reachable,
                              fmt::format("cannot send to the daemon at {}: {}", path_, errno_text(errno)));
            }
            line.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
        }
        return {};
    }

    /// The first line, without its newline.
    std::expected<std::string, CallError> receive_line() {
        std::string line;
        std::array<char, 16384> chunk{};
        while (line.size() <= reply_size_max) {
            if (!wait_readable()) {
                return timed_out();
            }
            const ssize_t size = ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
            if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
                continue;
            }
            if (size <= 0) {
                return failed(CallFailure::not_reachable,
                              fmt::format("the daemon at {} closed the connection without an answer; see whether it "
                                          "stopped: systemctl status belayd",
                                          path_));
            }
            const std::string_view received(chunk.data(), static_cast<std::size_t>(size));
            const std::size_t end = received.find('\n');
            line.append(received.substr(0, end));
            if (end != std::string_view::npos) {
                return line;
            }
        }
        return failed(CallFailure::bad_answer,
                      fmt::format("the answer at {} is longer than {} bytes; is this belayd?", path_, reply_size_max));
    }

private:
    static timeval as_timeval(Duration duration) {
        const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
        return {.tv_sec = microseconds / 1'000'000, .tv_usec = microseconds % 1'000'000};
    }

    [[nodiscard]] Failed connect_failure(int code) const {
        if (code == EACCES || code == EPERM) {
            return failed(CallFailure::permission_denied,
                          fmt::format("you may not use {}: only root, user belay and members of group belay may; try "
                                      "with sudo",
                                      path_));
        }
        if (code == EAGAIN) {
            return timed_out();
        }
        const std::string_view remedy = code == ENOENT || code == ECONNREFUSED
                                            ? "is belayd running? systemctl status belayd"
                                            : "check the path that --socket or --runtime-dir gives";
        return failed(CallFailure::not_reachable,
                      fmt::format("no daemon can be reached at {}: {}; {}", path_, errno_text(code), remedy));
    }

    [[nodiscard]] Failed timed_out() const {
        return failed(CallFailure::timeout, fmt::format("the daemon at {} did not answer within {}; it may hang: see "
                                                        "journalctl -u belayd",
                                                        path_, to_text(timeout_)));
    }

    [[nodiscard]] bool wait_readable() const {
        for (;;) {
            // One more than the whole milliseconds left, so that the last part of one is not spun away.
            const std::int64_t left_ms = to_ms(deadline_ - boot_now()) + 1;
            if (left_ms <= 0) {
                return false;
            }
            pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
            const int count = ::poll(&ready, 1, static_cast<int>(left_ms));
            if (count > 0 || (count < 0 && errno != EINTR)) {
                return true; // of an error recv() tells
            }
            if (count == 0) {
                return false;
            }
        }
    }

    const std::string& path_;
    Duration timeout_;
    Instant deadline_;
    int fd_;
};

} // namespace

std::expected<Reply, CallError> call(const std::string& socket_path, const Request& request, Duration timeout) {
    Connection connection(socket_path, timeout);
    if (const auto connected = connection.connect(); !connected) {
        return std::unexpected(connected.error());
    }
    if (const auto sent = connection.send(to_line(request)); !sent) {
        return std::unexpected(sent.error());
    }
    const auto line = connection.receive_line();
    if (!line) {
        return std::unexpected(line.error());
    }
    auto reply = parse_reply(*line);
    if (!reply) {
        return failed(CallFailure::bad_answer,
                      fmt::format("cannot understand the answer at {}: {}; is this belayd, and of the same version?",
                                  socket_path, reply.error().text));
    }
    return std::move(*reply);
}

} // namespace belay::control
