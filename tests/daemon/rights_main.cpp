// The tests that need root and a network namespace of their own.
#define BOOST_TEST_MODULE daemon_rights
#define BOOST_TEST_NO_MAIN
#include "../lifecheck/own_network.hpp"

#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
    if (!belay::test::enter_own_network()) {
        return belay::test::exit_skipped;
    }
    return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
