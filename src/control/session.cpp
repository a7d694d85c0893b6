#include "session.hpp"

#include "belay/control/reply.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

namespace belay::control {

namespace {

/// Answers longer than this would let 64 silent clients hold too much memory. A status of 15 nodes and 10,000 VIPs
/// takes a fifth of it.
constexpr std::size_t reply_size_max = std::size_t{8} * 1024 * 1024;

/// Why somebody without the right may not ask it.
std::string refusal_of(const Request& request) {
    switch (right_for(request)) {
    case Right::read: // who may not even read has no session
    case Right::change:
        break;
    case Right::guard:
        return fmt::format("'{}' is for the hooks of pgpool-II: only root, user belay and the 'user' of section "
                           "[pgpool] may ask it",
                           name(request));
    case Right::confirm:
        return fmt::format("'{}' is for the hooks of this node: only root, user belay and the 'user' of section "
                           "[hooks] may ask it",
                           name(request));
    }
    return fmt::format("'{}' changes things: only root and user belay may ask it; try with sudo", name(request));
}

/// The right to answer one request, once. Dropping it unused is an answer too, so that no client waits for nothing.
class PendingReply {
public:
    explicit PendingReply(std::weak_ptr<Session> session)
        : session_(std::move(session)) {}

    PendingReply(const PendingReply&) = delete;
    PendingReply& operator=(const PendingReply&) = delete;
    PendingReply(PendingReply&&) = delete;
    PendingReply& operator=(PendingReply&&) = delete;

    ~PendingReply() {
        try {
            give(error_reply("the daemon dropped the request without carrying it out; try again"));
        } catch (const std::exception&) {
            return; // no memory for an answer: the client sees its own deadline
        }
    }

    void give(const nlohmann::json& reply) {
        if (const auto session = std::exchange(session_, {}).lock()) {
            session->answer(reply);
        }
    }

private:
    std::weak_ptr<Session> session_;
};

} // namespace

Session::Session(Socket socket, Rights rights, SessionOwner owner)
    : socket_(std::move(socket))
    , deadline_(socket_.get_executor())
    , rights_(rights)
    , owner_(std::move(owner)) {}

void Session::start() {
    watch_hangup();
    expect_progress();
    read();
}

void Session::stop() noexcept {
    ended_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    try {
        deadline_.cancel();
    } catch (const boost::system::system_error&) {
        return; // the timer finds ended_ set
    }
}

void Session::end() noexcept {
    if (!ended_) {
        stop();
        owner_.left(this);
    }
}

/// A client that vanishes while its answer is still being made frees its place at once.
void Session::watch_hangup() {
    socket_.async_wait(Socket::wait_error, [self = shared_from_this()](const boost::system::error_code& problem) {
        if (!problem) {
            self->end();
        }
    });
}

/// Starts the deadline of one step anew. Only whole steps count as progress: a client that sends a byte now and then
/// has no more time than one that sends none.
void Session::expect_progress() {
    deadline_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(owner_.idle_max));
    deadline_.async_wait([self = shared_from_this()](const boost::system::error_code& problem) {
        if (!problem && !self->ended_) {
            ++self->owner_.counters.clients_timed_out;
            self->end();
        }
    });
}

void Session::read() {
    socket_.async_read_some(boost::asio::buffer(chunk_),
                            [self = shared_from_this()](const boost::system::error_code& problem, std::size_t size) {
                                if (self->ended_) {
                                    return;
                                }
                                if (problem) {
                                    self->end();
                                    return;
                                }
                                self->input_.append(self->chunk_.data(), size);
                                self->next_request();
                            });
}

void Session::next_request() {
    const std::size_t end_of_line = input_.find('\n');
    const bool whole = end_of_line != std::string::npos;
    if ((whole ? end_of_line : input_.size()) > request_size_max) {
        ++owner_.counters.requests_malformed;
        write(to_line(error_reply(
                  fmt::format("the request is longer than {} bytes; the connection ends here", request_size_max))),
              true);
        return;
    }
    if (!whole) {
        read();
        return;
    }
    const std::string line = input_.substr(0, end_of_line);
    input_.erase(0, end_of_line + 1);
    serve(line);
}

void Session::serve(std::string_view line) {
    const auto request = parse_request(line);
    if (!request) {
        ++owner_.counters.requests_malformed;
        answer(error_reply(request.error().text));
        return;
    }
    if (!rights_.has(right_for(*request))) {
        ++owner_.counters.requests_refused_rights;
        answer(error_reply(refusal_of(*request)));
        return;
    }
    ++owner_.counters.requests;
    deadline_.cancel(); // the handler takes the time it needs
    const auto pending = std::make_shared<PendingReply>(weak_from_this());
    try {
        owner_.handler(*request, [pending](const nlohmann::json& reply) { pending->give(reply); });
    } catch (const std::exception& problem) {
        pending->give(
            error_reply(fmt::format("internal error in '{}': {}; please report it", name(*request), problem.what())));
    }
}

void Session::answer(const nlohmann::json& reply) {
    if (ended_) {
        return;
    }
    std::string line = to_line(reply);
    if (line.size() > reply_size_max) {
        line = to_line(error_reply(fmt::format("the answer is longer than {} bytes", reply_size_max)));
    }
    write(std::move(line), false);
}

void Session::write(std::string output, bool then_end) {
    output_ = std::move(output);
    expect_progress();
    boost::asio::async_write(
        socket_, boost::asio::buffer(output_),
        [self = shared_from_this(), then_end](const boost::system::error_code& problem, std::size_t) {
            if (self->ended_) {
                return;
            }
            if (problem || then_end) {
                self->end();
                return;
            }
            self->output_ = {};
            self->expect_progress();
            self->next_request();
        });
}

} // namespace belay::control
