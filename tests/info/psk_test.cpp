#include "belay/base/bytes.hpp"
#include "belay/info/psk.hpp"

#include <boost/test/unit_test.hpp>
#include <numeric>

using belay::Bytes;
using belay::ClusterKeys;
using belay::SecretBytes;
using namespace belay::info;

namespace {

/// 00 01 02 ... 1f
Bytes counting_key() {
    Bytes key(32);
    std::iota(key.begin(), key.end(), std::uint8_t{0});
    return key;
}

} // namespace

BOOST_AUTO_TEST_SUITE(psk)

// Expected values: python3 hashlib and hmac, HKDF as in RFC 5869 with an empty salt.
BOOST_AUTO_TEST_CASE(the_key_id_is_the_start_of_sha256) {
    BOOST_TEST(key_id(counting_key()).value() == "630dcd2966c43366");
}

BOOST_AUTO_TEST_CASE(the_psk_is_hkdf_under_the_label_of_this_channel) {
    const auto psk = derive_psk(counting_key());
    BOOST_REQUIRE(psk.has_value());
    BOOST_TEST(psk->identity == "630dcd2966c43366");
    const Bytes expected{0x4e, 0xde, 0x40, 0x13, 0x77, 0xe8, 0xe5, 0x47, 0xc8, 0x76, 0x4c,
                         0xed, 0x1a, 0xee, 0x85, 0xf1, 0x70, 0xb8, 0xea, 0x09, 0x5d, 0x66,
                         0x56, 0x06, 0x7d, 0x85, 0xfc, 0xa7, 0x40, 0x7a, 0x19, 0xcb};
    BOOST_TEST(Bytes(psk->key.view().begin(), psk->key.view().end()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(short_keys_and_no_keys_are_refused) {
    BOOST_TEST(derive_psk(Bytes(31)).error().text ==
               "a cluster key of 31 bytes is too short; it needs 32 (make one with: belay keygen)");
    BOOST_TEST(derive_psks({}).error().text == "there is no cluster key");
    ClusterKeys keys;
    keys.emplace_back(counting_key());
    keys.emplace_back(Bytes(8));
    BOOST_TEST(!derive_psks(keys).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
