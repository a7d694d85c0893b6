#pragma once
// TLS 1.3 with an external pre-shared key and nothing else: no certificates, no tickets, no earlier version; always
// with an ephemeral key exchange, so that a key that leaks later opens no recorded session (RFC 8446, 2.2 psk_dhe_ke).

#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"
#include "belay/info/counters.hpp"
#include "belay/info/psk.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <vector>

namespace belay::info {

enum class TlsSide : std::uint8_t { client, server };

/// What the callbacks of one handshake saw; lives as long as its SSL object.
struct PskTrace {
    std::string identity; ///< offered by the client; empty when none was
    bool known = false;   ///< on the server: it is the id of one of our keys
};

/// The contexts for one set of keys. Immutable once made; connections share it and outlive a change of keys with it.
class Tls {
public:
    [[nodiscard]] static Result<std::shared_ptr<Tls>> make(const ClusterKeys& keys);

    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;
    Tls(Tls&&) = delete;
    Tls& operator=(Tls&&) = delete;
    ~Tls() = default;

    [[nodiscard]] boost::asio::ssl::context& context(TlsSide side) noexcept {
        return side == TlsSide::client ? client_ : server_;
    }

    /// The key that is offered when dialling.
    [[nodiscard]] const Psk& first() const noexcept { return psks_.front(); }

    /// The key of that identity, or nullptr.
    [[nodiscard]] const Psk* find(std::string_view identity) const noexcept;

private:
    Tls(std::vector<Psk> psks, SSL_CTX* client, SSL_CTX* server);

    std::vector<Psk> psks_;
    boost::asio::ssl::context client_;
    boost::asio::ssl::context server_;
};

/// Lets the callbacks of `ssl` write to `trace`, which must outlive it.
[[nodiscard]] Status attach_trace(SSL* ssl, PskTrace& trace);

/// Whether a finished handshake rests on the pre-shared key. Must be asked: a peer that shows a certificate instead
/// proves nothing.
[[nodiscard]] bool rests_on_psk(SSL* ssl) noexcept;

/// Why a handshake failed, in words. On both sides another cluster key is told apart from all else: the server does not
/// know the identity or cannot verify the binder, the client is told so by an alert.
[[nodiscard]] Failure handshake_failure(const boost::system::error_code& error, TlsSide side, const PskTrace& trace,
                                        const Tls& tls);

} // namespace belay::info
