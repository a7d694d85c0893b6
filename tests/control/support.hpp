#pragma once
// What the tests of the control socket share: a directory of their own, a client that misbehaves on demand, and a way
// to run the server until something is true.

#include "belay/base/clock.hpp"
#include "belay/control/address.hpp"
#include "belay/control/reply.hpp"
#include "belay/control/server.hpp"
#include "belay/control/socket_file.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace belay::control::testing {

class Directory {
public:
    Directory() {
        std::string name = "/tmp/belay-control-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
        std::filesystem::permissions(path, std::filesystem::perms(0755)); // other users are to reach the socket
    }

    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    Directory(Directory&&) = delete;
    Directory& operator=(Directory&&) = delete;

    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }

    [[nodiscard]] std::string socket() const { return socket_path(path); }

    std::string path;
};

/// A bare connection; what it does not do on purpose is the test.
class RawClient {
public:
    explicit RawClient(const std::string& path)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        const auto address = local_address(path);
        connected = address && ::connect(fd_, reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) == 0;
    }

    RawClient(RawClient&& other) noexcept
        : connected(other.connected)
        , received(std::move(other.received))
        , closed(other.closed)
        , fd_(std::exchange(other.fd_, -1)) {}

    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    RawClient& operator=(RawClient&&) = delete;

    ~RawClient() { hang_up(); }

    /// As much as the kernel takes now; says how much that was.
    std::size_t send(std::string_view bytes) const {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        return sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }

    /// Takes what is there; whether the other end closed is in `closed` afterwards.
    void receive() {
        std::array<char, 65536> chunk{};
        for (;;) {
            const ssize_t size = ::recv(fd_, chunk.data(), chunk.size(), 0);
            if (size <= 0) {
                closed = closed || size == 0 || (errno != EAGAIN && errno != EINTR);
                return;
            }
            received.append(chunk.data(), static_cast<std::size_t>(size));
        }
    }

    void shut_sending_down() const { ::shutdown(fd_, SHUT_WR); }

    void hang_up() {
        if (fd_ >= 0) {
            ::close(std::exchange(fd_, -1));
        }
    }

    bool connected = false;
    std::string received;
    bool closed = false;

private:
    int fd_;
};

/// Runs `context` until `done()` or a deadline; returns whether it became true.
template <typename Predicate>
bool run_until(boost::asio::io_context& context, Predicate done) {
    const Instant deadline = boot_now() + std::chrono::seconds(20);
    while (!done()) {
        if (boot_now() >= deadline) {
            return false;
        }
        context.restart();
        context.run_one_for(std::chrono::milliseconds(2));
    }
    return true;
}

/// Runs `context` until `client` has a whole line, and takes that line from it.
inline std::string next_line(boost::asio::io_context& context, RawClient& client) {
    const auto whole = [&client] {
        client.receive();
        return client.closed || client.received.contains('\n');
    };
    BOOST_TEST(run_until(context, whole));
    const std::size_t end = client.received.find('\n');
    const std::string line = client.received.substr(0, end);
    client.received.erase(0, end == std::string::npos ? end : end + 1);
    return line;
}

/// Answers each request at once with its own name.
inline void echo(const Request& request, const ReplyFunction& reply) {
    reply(ok_reply({{"command", name(request)}}));
}

inline ServerOptions options_for(const Directory& directory) {
    ServerOptions options;
    options.directory = directory.path;
    options.access = {.daemon = ::geteuid(), .user = {}, .group = {}, .guard = {}, .hooks = {}};
    return options;
}

inline std::unique_ptr<Server> open_server(boost::asio::io_context& context, ServerOptions options,
                                           Handler handler = echo) {
    auto server = Server::open(context, std::move(options), std::move(handler));
    BOOST_REQUIRE_MESSAGE(server.has_value(), (server ? std::string() : server.error().text));
    return std::move(*server);
}

} // namespace belay::control::testing
