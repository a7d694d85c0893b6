// Keys: their rotation without a pause, and servers that pretend to have them.

#include "node_fixture.hpp"

#include "belay/info/asio.hpp"
#include "belay/info/tls.hpp"

#include <array>
#include <boost/asio/ssl/stream.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <thread>

using namespace belay;
using namespace belay::info;
using namespace belay::info::test;

namespace {

/// A self-signed certificate in a TLS 1.3 server that ignores pre-shared keys.
asio::ssl::context impostor_context() {
    SSL_CTX* const context = ::SSL_CTX_new(::TLS_server_method());
    EVP_PKEY* const key = ::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    X509* const certificate = ::X509_new();
    ::X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    ::X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    ::X509_set_pubkey(certificate, key);
    BOOST_REQUIRE(::X509_sign(certificate, key, nullptr) > 0);
    BOOST_REQUIRE(::SSL_CTX_use_certificate(context, certificate) == 1);
    BOOST_REQUIRE(::SSL_CTX_use_PrivateKey(context, key) == 1);
    ::X509_free(certificate);
    ::EVP_PKEY_free(key);
    return asio::ssl::context(context);
}

/// A client that knows the id of key 1, which is no secret, and makes up the key.
int offer_false_key(SSL* ssl, const EVP_MD* /*hash*/, const unsigned char** identity, std::size_t* identity_size,
                    SSL_SESSION** session) {
    static const std::string id = key_id(std::vector<std::uint8_t>(32, 1)).value();
    const std::vector<unsigned char> made_up(psk_bytes, 0x55);
    const std::array<unsigned char, 2> aes_128_gcm_sha256{0x13, 0x01};
    *session = ::SSL_SESSION_new();
    ::SSL_SESSION_set1_master_key(*session, made_up.data(), made_up.size());
    ::SSL_SESSION_set_cipher(*session, ::SSL_CIPHER_find(ssl, aes_128_gcm_sha256.data()));
    ::SSL_SESSION_set_protocol_version(*session, TLS1_3_VERSION);
    *identity = reinterpret_cast<const unsigned char*>(id.data());
    *identity_size = id.size();
    return 1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(key)

BOOST_AUTO_TEST_CASE(keys_rotate_node_by_node_without_losing_a_session) {
    TestNode alpha(setup_of("alpha"));
    TestNode beta(setup_of("beta"));
    alpha.wait_joined("beta");
    beta.wait_joined("alpha");
    const std::vector<std::vector<std::uint8_t>> steps{{1, 2}, {2, 1}, {2}};
    for (const auto& step : steps) {
        for (TestNode* const node : {&alpha, &beta}) {
            const ClusterKeys keys = step.size() == 2 ? keys_of({step[0], step[1]}) : keys_of({step[0]});
            BOOST_TEST(node->thread().replace_keys(keys).has_value());
            // gamma comes and goes with the keys of this moment: new sessions work at every step.
            Setup setup = setup_of("gamma");
            setup.keys = step.size() == 2 ? keys_of({step[0], step[1]}) : keys_of({step[0]});
            alpha.forget();
            beta.forget();
            const TestNode gamma(std::move(setup));
            alpha.wait_joined("gamma");
            beta.wait_joined("gamma");
        }
    }
    BOOST_TEST(alpha.wait_report([](const Report&) { return true; }).peers[0].joined);
    const Report report = beta.wait_report([](const Report&) { return true; });
    BOOST_TEST(report.peers[0].dialled.value().reason == "");
    BOOST_TEST(report.peers[0].joined);
}

BOOST_AUTO_TEST_CASE(a_node_that_offers_the_second_key_is_let_in) {
    Setup two = setup_of("alpha");
    two.keys = keys_of({2, 1});
    Setup swapped = setup_of("beta");
    swapped.keys = keys_of({1, 2});
    TestNode alpha(std::move(two));
    TestNode beta(std::move(swapped));
    alpha.wait_joined("beta");
    beta.wait_joined("alpha");
}

BOOST_AUTO_TEST_CASE(the_old_key_alone_is_refused_after_the_rotation_and_let_in_with_the_new_one) {
    Setup rotated = setup_of("alpha");
    rotated.keys = keys_of({2});
    TestNode alpha(std::move(rotated));
    TestNode beta(setup_of("beta"));
    alpha.wait_verdict("beta", Verdict::refused_by_us, Direction::accepted);
    alpha.wait_verdict("beta", Verdict::refused_by_peer, Direction::dialled);
    beta.wait_verdict("alpha", Verdict::refused_by_peer, Direction::dialled);
    BOOST_TEST(beta.thread().replace_keys(keys_of({2})).has_value());
    alpha.wait_joined("beta");
}

BOOST_AUTO_TEST_CASE(unusable_keys_leave_the_old_ones) {
    TestNode alpha(setup_of("alpha"));
    ClusterKeys keys;
    keys.emplace_back(std::vector<std::uint8_t>(5));
    BOOST_TEST(!alpha.thread().replace_keys(keys).has_value());
    TestNode beta(setup_of("beta"));
    alpha.wait_joined("beta");
}

BOOST_AUTO_TEST_CASE(a_server_with_a_certificate_instead_of_the_key_is_refused) {
    asio::io_context io;
    asio::ssl::context context = impostor_context();
    Tcp::acceptor acceptor(io, to_asio(endpoint_of(2)));
    std::jthread impostor([&] {
        Tcp::socket socket(io);
        acceptor.accept(socket);
        asio::ssl::stream<Tcp::socket> stream(std::move(socket), context);
        ErrorCode ignored;
        stream.handshake(asio::ssl::stream_base::server, ignored);
    });
    TestNode alpha(setup_of("alpha"));
    const Join seen = alpha.wait_join(node_id("beta"), [](const Join& join) {
        return join.direction == Direction::dialled && join.reason.starts_with("the cluster key differs");
    });
    BOOST_TEST(seen.reason == "the cluster key differs: the peer did not prove that it has key id 72cd6e8422c407fb");
}

BOOST_AUTO_TEST_CASE(a_known_identity_with_another_key_fails_at_the_binder) {
    TestNode alpha(setup_of("alpha"));
    alpha.wait_report([](const Report& now) { return now.listening; });
    asio::io_context io;
    asio::ssl::context context(::SSL_CTX_new(::TLS_client_method()));
    ::SSL_CTX_set_psk_use_session_callback(context.native_handle(), &offer_false_key);
    asio::ssl::stream<Tcp::socket> stream(io, context);
    stream.next_layer().open(Tcp::v4());
    stream.next_layer().bind(to_asio({.address = endpoint_of(50).address, .port = 0}));
    stream.next_layer().connect(to_asio(endpoint_of(1)));
    ErrorCode error;
    stream.handshake(asio::ssl::stream_base::client, error);
    const auto ours = Tls::make(keys_of({1})).value();
    BOOST_TEST(handshake_failure(error, TlsSide::client, {}, *ours).text ==
               "the cluster key differs: the peer does not accept key id 72cd6e8422c407fb");
    BOOST_TEST(alpha.wait_stranger(Verdict::refused_by_us).reason ==
               "the cluster key differs: the peer does not have the key of id 72cd6e8422c407fb");
}

BOOST_AUTO_TEST_SUITE_END()
