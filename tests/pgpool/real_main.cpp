// The client against a real pgpool-II 4, over a real primary and standby. In a network namespace of its own, so that
// the port 9898 is free.
#define BOOST_TEST_MODULE pgpool_real
#define BOOST_TEST_NO_MAIN
#include "own_network.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <pwd.h>

int main(int argc, char* argv[]) {
    if (!std::filesystem::exists("/usr/sbin/pgpool") || !std::filesystem::exists("/usr/lib/postgresql") ||
        ::getpwnam("postgres") == nullptr) {
        std::fprintf(stderr, "skipped: no pgpool-II and PostgreSQL (packages pgpool2, postgresql-15)\n");
        return belay::test::exit_skipped;
    }
    if (!belay::test::enter_own_network()) {
        return belay::test::exit_skipped;
    }
    return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
