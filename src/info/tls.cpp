#include "belay/info/tls.hpp"

#include <algorithm>
#include <array>
#include <openssl/err.h>

namespace belay::info {

namespace {

constexpr const char* cipher_suite = "TLS_AES_128_GCM_SHA256"; // its hash is that of our PSKs, as RFC 8446 wants
constexpr std::array<unsigned char, 2> cipher_suite_id{0x13, 0x01};
constexpr const char* key_exchange_groups = "X25519:P-256";

std::unexpected<Error> tls_failure(std::string_view what) {
    const char* const reason = ::ERR_reason_error_string(::ERR_get_error());
    ::ERR_clear_error();
    return fail("{} failed: {}", what, reason == nullptr ? "OpenSSL gives no reason" : reason);
}

/// Where a context keeps its Tls, and a connection its PskTrace. Slot 0 belongs to others.
int context_slot() {
    static const int slot = ::SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

int trace_slot() {
    static const int slot = ::SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

const Tls* tls_of(const SSL* ssl) {
    return static_cast<const Tls*>(::SSL_CTX_get_ex_data(::SSL_get_SSL_CTX(ssl), context_slot()));
}

/// The form in which OpenSSL takes an external PSK: a session that never was. The caller owns it; nullptr on failure.
SSL_SESSION* session_of(SSL* ssl, const Psk& psk) {
    SSL_SESSION* const session = ::SSL_SESSION_new();
    const SSL_CIPHER* const cipher = ::SSL_CIPHER_find(ssl, cipher_suite_id.data());
    const bool good = session != nullptr && cipher != nullptr &&
                      ::SSL_SESSION_set1_master_key(session, psk.key.view().data(), psk.key.view().size()) == 1 &&
                      ::SSL_SESSION_set_cipher(session, cipher) == 1 &&
                      ::SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1;
    if (!good) {
        ::SSL_SESSION_free(session);
        return nullptr;
    }
    return session;
}

/// OpenSSL asks the client: which key do you offer? `hash` is set after a retry request and must fit then.
int offer_psk(SSL* ssl, const EVP_MD* hash, const unsigned char** identity, std::size_t* identity_size,
              SSL_SESSION** session) noexcept {
    const Tls* const tls = tls_of(ssl);
    if (tls == nullptr || (hash != nullptr && ::EVP_MD_is_a(hash, "SHA256") != 1)) {
        return 0;
    }
    const Psk& psk = tls->first();
    *session = session_of(ssl, psk);
    *identity = reinterpret_cast<const unsigned char*>(psk.identity.data()); // lives as long as the Tls
    *identity_size = psk.identity.size();
    return *session == nullptr ? 0 : 1;
}

/// A stranger's identity for logs: its letters and digits, anything else as '?'.
std::string printable(std::string_view identity) {
    std::string text(identity);
    const auto odd = [](char letter) {
        return (letter < '0' || letter > '9') && (letter < 'a' || letter > 'z') && (letter < 'A' || letter > 'Z');
    };
    std::ranges::replace_if(text, odd, '?');
    return text;
}

/// OpenSSL asks the server: do you know this key? No is a valid answer; the handshake then fails for want of anything
/// else to rest on.
int find_psk(SSL* ssl, const unsigned char* identity, std::size_t identity_size, SSL_SESSION** session) noexcept {
    *session = nullptr;
    const Tls* const tls = tls_of(ssl);
    if (tls == nullptr) {
        return 0;
    }
    const std::string_view offered(reinterpret_cast<const char*>(identity), identity_size);
    const Psk* const psk = tls->find(offered);
    if (auto* const trace = static_cast<PskTrace*>(::SSL_get_ex_data(ssl, trace_slot())); trace != nullptr) {
        trace->identity = printable(offered.substr(0, tls->first().identity.size()));
        trace->known = psk != nullptr;
    }
    if (psk == nullptr) {
        return 1;
    }
    *session = session_of(ssl, *psk);
    return *session == nullptr ? 0 : 1;
}

/// A context for both sides. The client refuses certificates by having nobody to trust; the server has none to show.
Result<SSL_CTX*> make_context(TlsSide side) {
    SSL_CTX* const context = ::SSL_CTX_new(::TLS_method());
    if (context == nullptr) {
        return tls_failure("making a TLS context");
    }
    const bool good = ::SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
                      ::SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
                      ::SSL_CTX_set_ciphersuites(context, cipher_suite) == 1 &&
                      ::SSL_CTX_set1_groups_list(context, key_exchange_groups) == 1 &&
                      ::SSL_CTX_set_num_tickets(context, 0) == 1;
    if (!good) {
        ::SSL_CTX_free(context);
        return tls_failure("setting up TLS 1.3");
    }
    ::SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (side == TlsSide::client) {
        ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
        ::SSL_CTX_set_psk_use_session_callback(context, &offer_psk);
    } else {
        ::SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
        ::SSL_CTX_set_psk_find_session_callback(context, &find_psk);
    }
    return context;
}

} // namespace

Tls::Tls(std::vector<Psk> psks, SSL_CTX* client, SSL_CTX* server)
    : psks_(std::move(psks))
    , client_(client)
    , server_(server) {}

Result<std::shared_ptr<Tls>> Tls::make(const ClusterKeys& keys) {
    auto psks = derive_psks(keys);
    if (!psks) {
        return std::unexpected(std::move(psks).error());
    }
    const auto client = make_context(TlsSide::client);
    if (!client) {
        return std::unexpected(client.error());
    }
    const auto server = make_context(TlsSide::server);
    if (!server) {
        ::SSL_CTX_free(*client);
        return std::unexpected(server.error());
    }
    std::shared_ptr<Tls> tls(new Tls(*std::move(psks), *client, *server)); // takes the contexts
    if (::SSL_CTX_set_ex_data(*client, context_slot(), tls.get()) != 1 ||
        ::SSL_CTX_set_ex_data(*server, context_slot(), tls.get()) != 1) {
        return tls_failure("attaching the keys to a TLS context");
    }
    return tls;
}

const Psk* Tls::find(std::string_view identity) const noexcept {
    const auto found = std::ranges::find(psks_, identity, &Psk::identity);
    return found == psks_.end() ? nullptr : &*found;
}

Status attach_trace(SSL* ssl, PskTrace& trace) {
    if (::SSL_set_ex_data(ssl, trace_slot(), &trace) != 1) {
        return tls_failure("preparing a TLS handshake");
    }
    return {};
}

bool rests_on_psk(SSL* ssl) noexcept {
    return ::SSL_session_reused(ssl) == 1;
}

} // namespace belay::info
