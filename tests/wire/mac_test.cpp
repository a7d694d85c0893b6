#include "belay/wire/mac.hpp"

#include "belay/wire/heartbeat_codec.hpp"
#include "belay/wire/key_derivation.hpp"
#include "full_packet.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

using belay::Bytes;
using belay::ClusterKeys;
using belay::SecretBytes;
using belay::wire::Keyring;
using belay::wire::Reject;

namespace {

SecretBytes cluster_key(std::uint8_t fill) {
    return SecretBytes(Bytes(32, fill));
}

Keyring keyring(std::initializer_list<std::uint8_t> fills) {
    ClusterKeys keys;
    for (const std::uint8_t fill : fills) {
        keys.push_back(cluster_key(fill));
    }
    auto made = Keyring::make(keys);
    BOOST_REQUIRE(made.has_value());
    return std::move(*made);
}

Bytes signed_packet(Keyring& keys) {
    belay::wire::Packet packet = belay::wire::test::full_packet();
    packet.header.key = keys.signing_key();
    Bytes bytes;
    belay::wire::encode(packet, bytes);
    BOOST_REQUIRE(keys.sign(bytes).has_value());
    return bytes;
}

/// As the thread does it: the cheap look, the MAC, the rest.
std::optional<Reject> refusal(Keyring& keys, const Bytes& bytes) {
    const auto envelope = belay::wire::peek(bytes);
    if (!envelope) {
        return envelope.error();
    }
    return keys.verify(envelope->key, bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(mac)

BOOST_AUTO_TEST_CASE(hkdf_gives_what_rfc_5869_gives) {
    // Appendix A.3 (no salt, no info), the first 32 of its 42 bytes.
    const auto key = belay::wire::derive_key(SecretBytes(Bytes(22, 0x0b)), "", 32);
    BOOST_REQUIRE(key.has_value());
    const Bytes expected{0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f, 0x71, 0x5f, 0x80,
                         0x2a, 0x06, 0x3c, 0x5a, 0x31, 0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1,
                         0x87, 0x9e, 0xc3, 0x45, 0x4e, 0x5f, 0x3c, 0x73, 0x8d, 0x2d};
    BOOST_TEST(Bytes(key->view().begin(), key->view().end()) == expected);
}

BOOST_AUTO_TEST_CASE(each_use_of_the_cluster_key_has_a_key_of_its_own) {
    const auto heartbeat = belay::wire::derive_key(cluster_key(1), belay::wire::heartbeat_key_label, 32);
    const auto other = belay::wire::derive_key(cluster_key(1), "belay another use", 32);
    BOOST_REQUIRE((heartbeat && other));
    BOOST_TEST(!std::ranges::equal(heartbeat->view(), other->view()));
}

BOOST_AUTO_TEST_CASE(the_mac_is_hmac_sha256_with_the_derived_key_each_time) {
    Keyring keys = keyring({1});
    const auto key = belay::wire::derive_key(cluster_key(1), belay::wire::heartbeat_key_label, 32);
    for (int round = 0; round < 3; ++round) {
        const Bytes bytes = signed_packet(keys);
        belay::wire::Mac expected{};
        HMAC(EVP_sha256(), key->view().data(), 32, bytes.data(), belay::wire::body_size, expected.data(), nullptr);
        BOOST_TEST(std::ranges::equal(std::span(bytes).last(belay::wire::mac_size), expected));
    }
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_refused) {
    Keyring keys = keyring({1, 2});
    const Bytes good = signed_packet(keys);
    BOOST_REQUIRE(!refusal(keys, good));
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Bytes bytes = good;
        bytes.at(bit / 8) ^= static_cast<std::uint8_t>(1U << (bit % 8));
        BOOST_REQUIRE(refusal(keys, bytes));
    }
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
    Keyring keys = keyring({1});
    Bytes bytes = signed_packet(keys);
    while (!bytes.empty()) {
        bytes.pop_back();
        BOOST_REQUIRE((refusal(keys, bytes) == Reject::size));
        BOOST_REQUIRE(keys.verify(keys.signing_key(), bytes));
    }
}

BOOST_AUTO_TEST_CASE(keys_rotate_without_a_pause) {
    Keyring before = keyring({1});
    Keyring accepts_new = keyring({1, 2}); // step 1: on every node
    Keyring signs_new = keyring({2, 1});   // step 2: on every node
    Keyring after = keyring({2});          // step 3

    BOOST_TEST(!refusal(accepts_new, signed_packet(before)));
    BOOST_TEST(!refusal(before, signed_packet(accepts_new)));
    BOOST_TEST(!refusal(signs_new, signed_packet(accepts_new)));
    BOOST_TEST(!refusal(accepts_new, signed_packet(signs_new)));
    BOOST_TEST(!refusal(after, signed_packet(signs_new)));
    BOOST_TEST(!refusal(signs_new, signed_packet(after)));

    BOOST_TEST((refusal(after, signed_packet(before)) == Reject::unknown_key));
    BOOST_TEST((refusal(before, signed_packet(signs_new)) == Reject::unknown_key));
}

BOOST_AUTO_TEST_CASE(a_mac_of_one_key_does_not_pass_as_one_of_the_other) {
    Keyring both = keyring({1, 2});
    Keyring second = keyring({2});
    const Bytes bytes = signed_packet(second);
    BOOST_TEST(!both.verify(second.signing_key(), bytes));
    BOOST_TEST((both.verify(both.signing_key(), bytes) == Reject::bad_mac));
}

BOOST_AUTO_TEST_CASE(a_keyring_has_one_or_two_different_keys) {
    const auto size_of = [](std::initializer_list<std::uint8_t> fills) {
        ClusterKeys keys;
        for (const std::uint8_t fill : fills) {
            keys.push_back(cluster_key(fill));
        }
        return Keyring::make(keys).has_value();
    };
    BOOST_TEST(!size_of({}));
    BOOST_TEST(size_of({1}));
    BOOST_TEST(size_of({1, 2}));
    BOOST_TEST(!size_of({1, 1}));
    BOOST_TEST(!size_of({1, 2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()
