// The tests that need a network of their own.
#define BOOST_TEST_MODULE lifecheck_network
#define BOOST_TEST_NO_MAIN
#include "own_network.hpp"

#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
    if (!belay::test::enter_own_network()) {
        return belay::test::exit_skipped;
    }
    return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
