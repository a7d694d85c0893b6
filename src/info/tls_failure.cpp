// What OpenSSL reports when two nodes have different cluster keys. The server of the handshake either does not know the
// identity (then it has nothing to rest on: "no shared cipher" and its kin, alert handshake_failure) or, with the same
// identity by chance or malice, cannot verify the binder (alert illegal_parameter; decrypt_error in RFC 8446). The
// client sees only the alert. Between two of our nodes such an alert has no other cause: everything else is fixed.

#include "belay/info/tls.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>

namespace belay::info {

namespace {

int reason_of(const boost::system::error_code& error) {
    return error.category() == boost::asio::error::get_ssl_category()
               ? ERR_GET_REASON(static_cast<unsigned long>(error.value()))
               : 0;
}

bool is_alert_about_the_key(int reason) {
    switch (reason) {
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY:
        return true;
    default:
        return false;
    }
}

/// A server that pretends to know our key, or hopes that a certificate will do.
bool is_proof_that_failed(int reason) {
    switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
    case SSL_R_DIGEST_CHECK_FAILED:
    case SSL_R_BAD_PSK:
        return true;
    default:
        return false;
    }
}

Failure client_failure(int reason, const boost::system::error_code& error, const Tls& tls) {
    const std::string& identity = tls.first().identity;
    if (is_alert_about_the_key(reason)) {
        return {.fault = Fault::wrong_key,
                .text = fmt::format("the cluster key differs: the peer does not accept key id {}", identity)};
    }
    if (is_proof_that_failed(reason)) {
        return {.fault = Fault::wrong_key,
                .text = fmt::format("the cluster key differs: the peer did not prove that it has key id {}", identity)};
    }
    return {.fault = Fault::not_tls, .text = fmt::format("TLS handshake failed: {}", error.message())};
}

Failure server_failure(int reason, const boost::system::error_code& error, const PskTrace& trace, const Tls& tls) {
    if (reason == SSL_R_BINDER_DOES_NOT_VERIFY) {
        return {.fault = Fault::wrong_key,
                .text =
                    fmt::format("the cluster key differs: the peer does not have the key of id {}", trace.identity)};
    }
    if (!trace.identity.empty() && !trace.known) {
        return {.fault = Fault::wrong_key,
                .text = fmt::format("the cluster key differs: the peer offers key id {}, ours is {}", trace.identity,
                                    tls.first().identity)};
    }
    return {.fault = Fault::not_tls, .text = fmt::format("TLS handshake failed: {}", error.message())};
}

} // namespace

Failure handshake_failure(const boost::system::error_code& error, TlsSide side, const PskTrace& trace, const Tls& tls) {
    if (error.category() != boost::asio::error::get_ssl_category()) {
        return {.fault = Fault::closed, .text = fmt::format("closed during the TLS handshake: {}", error.message())};
    }
    const int reason = reason_of(error);
    return side == TlsSide::client ? client_failure(reason, error, tls) : server_failure(reason, error, trace, tls);
}

} // namespace belay::info
