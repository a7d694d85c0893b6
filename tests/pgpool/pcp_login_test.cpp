#include "belay/pgpool/pcp_login.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(pcp_login)

using namespace belay;
using namespace belay::pgpool;

BOOST_AUTO_TEST_CASE(the_login_is_three_times_md5) {
    const SecretBytes password(std::vector<std::uint8_t>{'s', 'e', 'c', 'r', 'e', 't'});
    const auto hash = login_hash(password, "admin", PcpSalt{'a', 'b', 'c', 'd'});
    BOOST_REQUIRE(hash.has_value());
    // printf %s "$(printf %s "$(printf secret | md5sum | cut -c-32)admin" | md5sum | cut -c-32)abcd" | md5sum
    BOOST_TEST(*hash == "c3339676c5970e069f0d5dbd5ec4022c");
}

BOOST_AUTO_TEST_SUITE_END()
