#include "belay/base/ids.hpp"

#include <boost/test/unit_test.hpp>

using belay::Incarnation;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(a_name_has_one_id_everywhere) {
    BOOST_TEST(belay::node_id("alpha").value == 0x8ac625bb85ed202bU);
    BOOST_TEST((belay::node_id("alpha") != belay::node_id("bravo")));
    BOOST_TEST(static_cast<bool>(belay::node_id("")));
}

BOOST_AUTO_TEST_CASE(only_runs_of_one_boot_and_namespace_have_an_order) {
    const Incarnation first{.boot_id = {1}, .netns_cookie = 5, .started_ns = 100, .nonce = 1};
    Incarnation second = first;
    second.started_ns = 200;
    BOOST_TEST(belay::is_later_run(second, first));
    BOOST_TEST(!belay::is_later_run(first, second));
    BOOST_TEST(!belay::is_later_run(first, first));

    Incarnation other_boot = second;
    other_boot.boot_id = {2};
    BOOST_TEST(!belay::is_later_run(other_boot, first));
    Incarnation other_namespace = second;
    other_namespace.netns_cookie = 6;
    BOOST_TEST(!belay::is_later_run(other_namespace, first));
}

BOOST_AUTO_TEST_SUITE_END()
