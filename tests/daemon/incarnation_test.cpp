#include "belay/daemon/incarnation.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

using namespace belay::daemon;

BOOST_AUTO_TEST_SUITE(incarnations)

BOOST_AUTO_TEST_CASE(a_boot_id_goes_to_bytes_and_back) {
    constexpr auto* text = "5d2195f4-1e61-4595-ab74-3e85186400b2";
    const belay::Result<BootId> id = parse_boot_id(std::string(text) + "\n");
    BOOST_REQUIRE(id.has_value());
    BOOST_TEST(id->front() == 0x5d);
    BOOST_TEST(id->back() == 0xb2);
    BOOST_TEST(boot_id_text(*id) == text);
}

BOOST_AUTO_TEST_CASE(what_is_no_boot_id_is_refused) {
    for (const std::string_view bad :
         {"", "5d2195f4", "5d2195f41e614595ab743e85186400b2", "5d2195f4-1e61-4595-ab74-3e85186400bg",
          "5d2195f4-1e61-4595-ab74x3e85186400b2", "5d2195f4-1e61-4595-ab74-3e85186400b2x"}) {
        BOOST_TEST(!parse_boot_id(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_CASE(two_runs_differ_and_the_second_is_later) {
    const auto first = make_incarnation();
    const auto second = make_incarnation();
    BOOST_REQUIRE((first && second));
    BOOST_TEST(belay::is_later_run(*second, *first));
    BOOST_TEST(!belay::is_later_run(*first, *second));
    BOOST_TEST(first->nonce != second->nonce);
    BOOST_TEST(first->netns_cookie != 0U);
    std::string boot_id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot_id;
    BOOST_TEST(boot_id_text(first->boot_id) == boot_id);
}

BOOST_AUTO_TEST_SUITE_END()
