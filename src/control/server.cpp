#include "belay/control/server.hpp"

#include "belay/control/reply.hpp"
#include "belay/control/socket_file.hpp"
#include "session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/socket.h>
#include <unordered_map>
#include <utility>

namespace belay::control {

namespace {

using Protocol = boost::asio::local::stream_protocol;

/// How long to let go of accepting after it failed, which is mostly for want of descriptors.
constexpr std::chrono::milliseconds accept_pause{100};

/// Says why and hangs up. The few bytes fit in the socket's buffer; a client that cannot take them gets silence.
void turn_away(Protocol::socket& socket, std::string_view reason) {
    const std::string line = to_line(error_reply(reason));
    static_cast<void>(::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    boost::system::error_code ignored;
    socket.close(ignored);
}

} // namespace

/// Held by shared_ptr, because operations that were cancelled still come back once after the Server is gone.
class Server::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(boost::asio::io_context& context, ServerOptions options, Handler handler, SocketFile file)
        : options_(std::move(options))
        , handler_(std::move(handler))
        , file_(std::move(file))
        , acceptor_(context)
        , pause_(context) {}

    Status start() {
        boost::system::error_code problem;
        acceptor_.assign(Protocol(), file_.release_fd(), problem);
        if (problem) {
            return fail_errno(problem.value(), "cannot watch the control socket {}", file_.path());
        }
        accept();
        return {};
    }

    void stop() noexcept {
        stopped_ = true;
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        file_.remove();
        for (const auto& [key, session] : sessions_) {
            session->stop();
        }
        sessions_.clear();
    }

    [[nodiscard]] const SocketFile& file() const noexcept { return file_; }

    [[nodiscard]] const ServerCounters& counters() const noexcept { return counters_; }

    [[nodiscard]] std::size_t clients() const noexcept { return sessions_.size(); }

private:
    void accept() {
        acceptor_.async_accept(
            [self = shared_from_this()](const boost::system::error_code& problem, Protocol::socket socket) {
                if (self->stopped_) {
                    return;
                }
                if (problem) {
                    self->accept_later();
                    return;
                }
                self->welcome(std::move(socket));
                self->accept();
            });
    }

    void accept_later() {
        pause_.expires_after(accept_pause);
        pause_.async_wait([self = shared_from_this()](const boost::system::error_code& problem) {
            if (!problem && !self->stopped_) {
                self->accept();
            }
        });
    }

    void welcome(Protocol::socket socket) {
        const auto peer = peer_of(socket.native_handle());
        const Rights rights = peer ? rights_of(*peer, options_.access) : Rights();
        if (rights.none()) {
            ++counters_.clients_refused_rights;
            turn_away(socket, "you may not ask this daemon: only root, user belay and members of group belay may; try "
                              "with sudo, or have an administrator add you to group belay and log in again");
            return;
        }
        const std::size_t kept = rights.has(Right::change) ? 0 : options_.clients_reserved;
        if (sessions_.size() + kept >= options_.clients_max) {
            ++counters_.clients_refused_full;
            turn_away(socket, fmt::format("too many clients are connected ({}); end some of them and try again",
                                          sessions_.size()));
            return;
        }
        ++counters_.clients_accepted;
        auto session = std::make_shared<Session>(std::move(socket), rights,
                                                 SessionOwner{.handler = handler_,
                                                              .counters = counters_,
                                                              .idle_max = options_.idle_max,
                                                              .left = [self = weak_from_this()](const void* gone) {
                                                                  if (const auto server = self.lock()) {
                                                                      server->sessions_.erase(gone);
                                                                  }
                                                              }});
        sessions_.emplace(session.get(), session);
        session->start();
    }

    ServerOptions options_;
    Handler handler_;
    SocketFile file_;
    Protocol::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::unordered_map<const void*, std::shared_ptr<Session>> sessions_;
    ServerCounters counters_;
    bool stopped_ = false;
};

Server::Server(std::shared_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

Server::~Server() {
    impl_->stop();
}

Result<std::unique_ptr<Server>> Server::open(boost::asio::io_context& context, ServerOptions options, Handler handler) {
    auto file = SocketFile::create(options.directory, options.access.group);
    if (!file) {
        return std::unexpected(file.error());
    }
    auto impl = std::make_shared<Impl>(context, std::move(options), std::move(handler), std::move(*file));
    if (const Status started = impl->start(); !started) {
        return std::unexpected(started.error());
    }
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::string& Server::path() const noexcept {
    return impl_->file().path();
}

const std::string& Server::warning() const noexcept {
    return impl_->file().warning();
}

const ServerCounters& Server::counters() const noexcept {
    return impl_->counters();
}

std::size_t Server::clients() const noexcept {
    return impl_->clients();
}

} // namespace belay::control
