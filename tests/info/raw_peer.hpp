#pragma once
// A peer that does not play by the rules: plain TCP, or TLS with any key, from any loopback address, and bytes as the
// test wants them. Blocking, with a deadline on each read, so that a test ends.

#include "belay/base/secret.hpp"
#include "belay/info/asio.hpp"
#include "belay/info/tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace belay::info::test {

/// A frame around `payload` whose length may lie.
[[nodiscard]] std::string frame_of(std::string_view payload);

class RawListener;

class RawPeer {
public:
    /// Connects to alpha (127.0.0.1) from 127.0.0.`host`.
    explicit RawPeer(std::uint8_t host);

    /// Waits until somebody dials 127.0.0.`host`, where the listener listens.
    explicit RawPeer(RawListener& listener);

    /// TLS with these keys, as the client or, on an accepted connection, as the server; the error in words, empty when
    /// it stands.
    std::string shake_hands(const ClusterKeys& keys);

    /// Sends bytes as they are: before the handshake in the clear, after it inside TLS. Ignores errors: the other end
    /// may have closed already.
    void say(std::string_view bytes);

    /// Reads until the other end closes. False when it did not within some seconds.
    [[nodiscard]] bool is_closed_by_the_other();

    /// Payload of the next frame, after shake_hands().
    [[nodiscard]] std::string hear();

private:
    asio::io_context io_;
    std::shared_ptr<Tls> tls_;
    asio::ssl::context no_tls_{asio::ssl::context::tls_client};
    std::unique_ptr<asio::ssl::stream<Tcp::socket>> stream_;
    TlsSide side_ = TlsSide::client;
    bool encrypted_ = false;
};

/// Listens on 127.0.0.`host`, for peers that answer instead of dialling.
class RawListener {
public:
    explicit RawListener(std::uint8_t host);

private:
    friend class RawPeer;
    asio::io_context io_;
    Tcp::acceptor acceptor_;
};

} // namespace belay::info::test
