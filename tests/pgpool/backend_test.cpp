#include "belay/pgpool/backend.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(backend)

using namespace belay::pgpool;

BOOST_AUTO_TEST_CASE(a_node_without_a_pool_yet_is_attached) {
    BOOST_TEST((Backend{.status = BackendStatus::connecting}.attached()));
    BOOST_TEST((Backend{.status = BackendStatus::up}.attached()));
    BOOST_TEST((!Backend{.status = BackendStatus::down}.attached()));
    BOOST_TEST((!Backend{.status = BackendStatus::unused}.attached()));
    BOOST_TEST(to_text(BackendStatus::connecting) == "up");
    BOOST_TEST(to_text(Command(command::SwitchOver{.id = 2})) == "switch over to 2");
}

BOOST_AUTO_TEST_SUITE_END()
