#include "belay/config/near_miss.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

using belay::config::edit_distance;
using belay::config::nearest;

BOOST_AUTO_TEST_SUITE(near_miss)

BOOST_AUTO_TEST_CASE(distances) {
    BOOST_TEST(edit_distance("lease", "lease") == 0U);
    BOOST_TEST(edit_distance("", "lease") == 5U);
    BOOST_TEST(edit_distance("lease", "") == 5U);
    BOOST_TEST(edit_distance("leaes", "lease") == 1U); // swapped
    BOOST_TEST(edit_distance("lese", "lease") == 1U);
    BOOST_TEST(edit_distance("lleease", "lease") == 2U);
    BOOST_TEST(edit_distance("LEASE", "lease") == 0U);
    BOOST_TEST(edit_distance("kitten", "sitting") == 3U);
}

BOOST_AUTO_TEST_CASE(only_what_is_near_is_suggested) {
    static constexpr std::array<std::string_view, 3> words{"lease", "fence", "heartbeat_interval"};
    BOOST_TEST(nearest("laese", words) == "lease");
    BOOST_TEST(nearest("hearbeat-intervall", words) == "heartbeat_interval");
    BOOST_TEST(nearest("shoe_size", words) == "");
    BOOST_TEST(nearest("x", words) == "");
}

BOOST_AUTO_TEST_SUITE_END()
