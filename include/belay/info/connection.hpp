#pragma once
// One TCP connection with TLS on it, as a pipe of messages with a deadline on every wait. It knows nothing of joining.
// Info thread only. Each wait ends by its result, by its deadline or by close(); none lasts for ever.

#include "belay/info/asio.hpp"
#include "belay/info/frame.hpp"
#include "belay/info/messages.hpp"
#include "belay/info/tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <deque>
#include <expected>
#include <memory>

namespace belay::info {

struct Hub;

/// Queued for a peer that does not read; beyond this it is given up.
inline constexpr std::size_t outbox_bytes_max = std::size_t{1024} * 1024;

/// Made by std::make_shared only. Takes the keys that the hub has at that moment and keeps them for its life.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Hub& hub, Tcp::socket socket, TlsSide side);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection(Connection&&) = delete;
    Connection& operator=(Connection&&) = delete;
    ~Connection();

    /// TCP from the address of `from` (any port) to `to`. A source of another family is left to the kernel.
    Task<std::expected<void, Failure>> connect(Endpoint from, Endpoint to);

    /// TLS; succeeds only when the peer proved that it has one of our keys.
    Task<std::expected<void, Failure>> handshake();

    /// The first message, whole within Timing::join_max.
    Task<std::expected<Message, Failure>> receive_first();

    /// A further message: it begins within Timing::idle_max and ends within Timing::frame_max from then.
    Task<std::expected<Message, Failure>> receive_next();

    /// Queues a message. Fails when it is too long (the connection goes on) or when the connection is closed.
    Status send(const Message& message);

    /// Sends a last message and closes in order, within Timing::goodbye_max. No receive may be waiting.
    Task<> finish(Message last);

    /// At once; every wait ends. May be called again.
    void close() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return !closed_; }

    /// The peer's address without port; nothing known before connect().
    [[nodiscard]] const IpAddress& peer_address() const noexcept { return peer_address_; }

private:
    enum class Wait : std::uint8_t { join, frame };

    Task<std::expected<Message, Failure>> receive(Wait wait);
    Task<std::expected<std::string, Failure>> receive_payload(Wait wait);
    void arm(Duration wait_max);
    void write_next();
    [[nodiscard]] Failure read_failure(const ErrorCode& error) const;
    [[nodiscard]] Failure timed_out(std::string_view what) const;

    Hub& hub_;
    std::shared_ptr<Tls> tls_;
    TlsSide side_;
    PskTrace trace_; ///< before stream_, whose callbacks write to it
    asio::ssl::stream<Tcp::socket> stream_;
    asio::steady_timer deadline_;
    asio::steady_timer drained_; ///< never expires; cancelled when the outbox is empty
    IpAddress peer_address_;
    FrameDecoder decoder_;
    std::deque<Bytes> outbox_; ///< the first one is being written
    std::size_t outbox_bytes_ = 0;
    bool closed_ = false;
    bool expired_ = false; ///< closed by deadline_
};

} // namespace belay::info
