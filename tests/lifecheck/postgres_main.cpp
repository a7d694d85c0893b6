// The tests against a real PostgreSQL server and a real pgpool-II, in a network namespace that has only `lo`, with two
// addresses more.
#define BOOST_TEST_MODULE lifecheck_postgres
#define BOOST_TEST_NO_MAIN
#include "own_network.hpp"
#include "real_pgpool.hpp"

#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
    for (const std::string& missing : {belay::test::postgres_missing(), belay::test::RealPgpool::missing()}) {
        if (!missing.empty()) {
            std::fprintf(stderr, "skipped: %s\n", missing.c_str());
            return belay::test::exit_skipped;
        }
    }
    if (!belay::test::enter_own_network()) {
        return belay::test::exit_skipped;
    }
    for (const char* const address : {"10.77.0.8/32", "10.77.0.9/32"}) {
        if (!belay::test::run_program({"ip", "address", "add", address, "dev", "lo"})) {
            return 1;
        }
    }
    return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
