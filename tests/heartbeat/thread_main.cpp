// The tests of the thread talk over the loopback of a network namespace that they make themselves.

#define BOOST_TEST_MODULE heartbeat_thread
#define BOOST_TEST_NO_MAIN
#include "private_network.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>

int main(int argc, char* argv[]) {
    constexpr int skipped = 77;
    if (const auto entered = belay::test::enter_private_network(); !entered) {
        std::fprintf(stderr, "skipped: %s (run as root)\n", entered.error().text.c_str());
        return skipped;
    }
    return boost::unit_test::unit_test_main(init_unit_test, argc, argv);
}
