// The tests against a real pgpool-II in front of a real PostgreSQL server.
#define BOOST_TEST_MODULE lifecheck_pgpool
#define BOOST_TEST_NO_MAIN
#include "real_pgpool.hpp"
#include "real_postgres.hpp"
#include "real_servers.hpp"

#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
    return belay::test::run_with_real_servers({belay::test::postgres_missing(), belay::test::RealPgpool::missing()},
                                              &init_unit_test, argc, argv);
}
