// The stable words of roles.
#include "belay/core/message.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::core;

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(roles_have_stable_words) {
    BOOST_TEST(to_text(Role::joining) == "joining");
    BOOST_TEST(to_text(Role::standby) == "standby");
    BOOST_TEST(to_text(Role::active) == "active");
    BOOST_TEST(to_text(Role::down) == "down");
    BOOST_TEST(to_text(Role::refused) == "refused");
    BOOST_TEST(to_text(static_cast<Role>(99)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
