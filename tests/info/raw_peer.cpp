#include "raw_peer.hpp"

#include "belay/info/frame.hpp"
#include "node_fixture.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>

namespace belay::info::test {

namespace {

constexpr timeval read_max{.tv_sec = 10, .tv_usec = 0};

} // namespace

std::string frame_of(std::string_view payload) {
    const Bytes frame = encode_frame(payload).value();
    return {frame.begin(), frame.end()};
}

RawPeer::RawPeer(std::uint8_t host) {
    Tcp::socket socket(io_, Tcp::v4());
    socket.bind(to_asio({.address = endpoint_of(host).address, .port = 0}));
    socket.connect(to_asio(endpoint_of(1)));
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &read_max, sizeof read_max);
    stream_ = std::make_unique<asio::ssl::stream<Tcp::socket>>(std::move(socket), no_tls_);
}

RawPeer::RawPeer(RawListener& listener)
    : side_(TlsSide::server) {
    ::pollfd waiting{.fd = listener.acceptor_.native_handle(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, static_cast<int>(read_max.tv_sec) * 1000) != 1) {
        throw std::runtime_error("nobody dialled");
    }
    Tcp::socket socket(io_);
    listener.acceptor_.accept(socket);
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &read_max, sizeof read_max);
    stream_ = std::make_unique<asio::ssl::stream<Tcp::socket>>(std::move(socket), no_tls_);
}

RawListener::RawListener(std::uint8_t host)
    : acceptor_(io_, to_asio(endpoint_of(host))) {}

std::string RawPeer::shake_hands(const ClusterKeys& keys) {
    Tcp::socket socket = std::move(stream_->next_layer());
    tls_ = Tls::make(keys).value();
    stream_ = std::make_unique<asio::ssl::stream<Tcp::socket>>(std::move(socket), tls_->context(side_));
    ErrorCode error;
    stream_->handshake(side_ == TlsSide::client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server,
                       error);
    encrypted_ = !error;
    return error ? handshake_failure(error, side_, {}, *tls_).text : "";
}

void RawPeer::say(std::string_view bytes) {
    ErrorCode ignored;
    if (encrypted_) {
        asio::write(*stream_, asio::buffer(bytes), ignored);
    } else {
        asio::write(stream_->next_layer(), asio::buffer(bytes), ignored);
    }
}

bool RawPeer::is_closed_by_the_other() {
    std::array<char, 512> bytes{};
    for (;;) {
        // Below TLS: whatever still comes, the end of it is what counts.
        const ssize_t size = ::recv(stream_->next_layer().native_handle(), bytes.data(), bytes.size(), 0);
        if (size <= 0) {
            return size == 0 || errno == ECONNRESET;
        }
    }
}

std::string RawPeer::hear() {
    std::array<std::uint8_t, frame_header_bytes> header{};
    asio::read(*stream_, asio::buffer(header));
    std::string payload(ByteReader(header).get<std::uint32_t>(), '\0');
    asio::read(*stream_, asio::buffer(payload));
    return payload;
}

} // namespace belay::info::test
