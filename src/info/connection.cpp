#include "belay/info/connection.hpp"

#include "belay/info/hub.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

namespace belay::info {

namespace {

constexpr std::size_t read_bytes = 4096;

} // namespace

Connection::Connection(Hub& hub, Tcp::socket socket, TlsSide side)
    : hub_(hub)
    , tls_(hub.tls)
    , side_(side)
    , stream_(std::move(socket), tls_->context(side))
    , deadline_(hub.io)
    , drained_(hub.io, SteadyClock::time_point::max()) {
    ErrorCode not_connected_yet;
    const Tcp::endpoint remote = stream_.next_layer().remote_endpoint(not_connected_yet);
    if (!not_connected_yet) {
        peer_address_ = from_asio(remote.address());
    }
    hub_.connections.insert(this);
}

Connection::~Connection() {
    close();
    hub_.connections.erase(this);
}

void Connection::arm(Duration wait_max) {
    deadline_.expires_after(wait_max);
    deadline_.async_wait([weak = weak_from_this()](const ErrorCode& cancelled) {
        const auto self = weak.lock();
        // A wait that had ended before it could be cancelled by the next arm() finds the later deadline.
        if (cancelled || !self || self->closed_ || self->deadline_.expiry() > SteadyClock::now()) {
            return;
        }
        self->expired_ = true;
        self->close();
    });
}

Failure Connection::timed_out(std::string_view what) const {
    return {.fault = Fault::timed_out, .text = fmt::format("timed out: {}", what)};
}

Task<std::expected<void, Failure>> Connection::connect(Endpoint from, Endpoint to) {
    Tcp::socket& socket = stream_.next_layer();
    const Tcp::endpoint target = to_asio(to);
    peer_address_ = to.address;
    ErrorCode error;
    socket.open(target.protocol(), error);
    if (!error && from.address.family == to.address.family) {
        socket.bind(to_asio({.address = from.address, .port = 0}), error);
        if (error) {
            co_return std::unexpected(Failure{.text = fmt::format("cannot use own address {} as the source: {}",
                                                                  to_text(from.address), error.message())});
        }
    }
    if (!error) {
        arm(hub_.setup.timing.connect_max);
        std::tie(error) = co_await socket.async_connect(target, as_values);
        deadline_.cancel();
    }
    if (expired_) {
        co_return std::unexpected(timed_out(fmt::format("no TCP connection to {}", to_text(to))));
    }
    if (error || closed_) {
        co_return std::unexpected(
            Failure{.text = fmt::format("cannot connect to {}: {}", to_text(to), error.message())});
    }
    co_return std::expected<void, Failure>{};
}

Task<std::expected<void, Failure>> Connection::handshake() {
    ErrorCode ignored;
    stream_.next_layer().set_option(Tcp::no_delay(true), ignored);
    if (const Status attached = attach_trace(stream_.native_handle(), trace_); !attached) {
        co_return std::unexpected(Failure{.text = attached.error().text});
    }
    arm(hub_.setup.timing.handshake_max);
    const auto type = side_ == TlsSide::client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
    const auto [error] = co_await stream_.async_handshake(type, as_values);
    deadline_.cancel();
    if (expired_) {
        co_return std::unexpected(timed_out("the TLS handshake did not end"));
    }
    if (error) {
        co_return std::unexpected(handshake_failure(error, side_, trace_, *tls_));
    }
    if (!rests_on_psk(stream_.native_handle())) {
        co_return std::unexpected(
            Failure{.fault = Fault::wrong_key, .text = "the cluster key differs: the peer used none"});
    }
    co_return std::expected<void, Failure>{};
}

Failure Connection::read_failure(const ErrorCode& error) const {
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
        return {.text = "closed by the peer"};
    }
    if (closed_) {
        return {.text = "closed here"};
    }
    if (error.category() == asio::error::get_ssl_category()) {
        return {.fault = Fault::not_tls, .text = fmt::format("TLS: {}", error.message())};
    }
    return {.text = fmt::format("connection lost: {}", error.message())};
}

Task<std::expected<std::string, Failure>> Connection::receive_payload(Wait wait) {
    const Timing& timing = hub_.setup.timing;
    bool begun = decoder_.mid_frame();
    std::array<std::uint8_t, read_bytes> chunk{};
    arm(wait == Wait::join ? timing.join_max : begun ? timing.frame_max : timing.idle_max);
    for (;;) {
        auto payload = decoder_.next();
        if (!payload) {
            co_return std::unexpected(Failure{.fault = Fault::frame_too_long, .text = payload.error().text});
        }
        if (auto& whole = *payload) {
            deadline_.cancel();
            co_return std::move(*whole);
        }
        const auto [error, size] = co_await stream_.async_read_some(asio::buffer(chunk), as_values);
        if (expired_) {
            co_return std::unexpected(timed_out(begun                ? "a message began and did not end"
                                                : wait == Wait::join ? "no first message"
                                                                     : "nothing was heard"));
        }
        if (error || closed_) {
            co_return std::unexpected(read_failure(error));
        }
        decoder_.feed(std::span(chunk).first(size));
        if (!begun && wait == Wait::frame) {
            arm(timing.frame_max);
        }
        begun = true;
    }
}

Task<std::expected<Message, Failure>> Connection::receive(Wait wait) {
    auto payload = co_await receive_payload(wait);
    if (!payload) {
        co_return std::unexpected(std::move(payload).error());
    }
    auto message = decode(*payload);
    if (!message) {
        co_return std::unexpected(Failure{.fault = Fault::bad_message, .text = message.error().text});
    }
    ++hub_.counters.messages_received;
    co_return *std::move(message);
}

Task<std::expected<Message, Failure>> Connection::receive_first() {
    return receive(Wait::join);
}

Task<std::expected<Message, Failure>> Connection::receive_next() {
    return receive(Wait::frame);
}

Status Connection::send(const Message& message) {
    if (closed_) {
        return fail("the connection is closed");
    }
    auto frame = encode_frame(encode(message));
    if (!frame) {
        return std::unexpected(std::move(frame).error());
    }
    if (outbox_bytes_ + frame->size() > outbox_bytes_max) {
        close();
        return fail("the peer does not read: {} bytes wait for it; closed", outbox_bytes_);
    }
    outbox_bytes_ += frame->size();
    outbox_.push_back(*std::move(frame));
    if (outbox_.size() == 1) {
        write_next();
    }
    return {};
}

void Connection::write_next() {
    asio::async_write(stream_, asio::buffer(outbox_.front()),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t /*size*/) {
                          self->outbox_bytes_ -= self->outbox_.front().size();
                          self->outbox_.pop_front();
                          if (error || self->closed_) {
                              self->close();
                              return;
                          }
                          if (self->outbox_.empty()) {
                              self->drained_.cancel();
                              return;
                          }
                          self->write_next();
                      });
}

Task<> Connection::finish(Message last) {
    arm(hub_.setup.timing.goodbye_max);
    if (const Status sent = send(last); !sent) {
        close();
        co_return;
    }
    while (!closed_ && !outbox_.empty()) {
        co_await drained_.async_wait(as_values);
    }
    if (!closed_) {
        co_await stream_.async_shutdown(as_values); // waits for the peer's end, so that our last message is not reset
    }
    close();
}

void Connection::close() noexcept {
    if (closed_) {
        return;
    }
    closed_ = true;
    try {
        deadline_.cancel();
        drained_.cancel();
    } catch (const boost::system::system_error&) {
        // cancelling cannot fail on Linux; whoever waits ends by the closed socket or at its time
        expired_ = false;
    }
    ErrorCode ignored;
    stream_.next_layer().shutdown(Tcp::socket::shutdown_both, ignored);
    stream_.next_layer().close(ignored);
}

} // namespace belay::info
