#pragma once
// Runs tests against real servers, in a network namespace that has only `lo`, with two addresses more.

#include "own_network.hpp"
#include "real_postgres.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <string>
#include <vector>

namespace belay::test {

/// What main() returns. `missing` says what is not installed; such tests are skipped, as a whole and with that word, so
/// tests that need more are a program of their own. `init` is &init_unit_test, which only a main file declares.
inline int run_with_real_servers(const std::vector<std::string>& missing, boost::unit_test::init_unit_test_func init,
                                 int argc, char* argv[]) {
    for (const std::string& one : missing) {
        if (!one.empty()) {
            std::fprintf(stderr, "skipped: %s\n", one.c_str());
            return exit_skipped;
        }
    }
    if (!enter_own_network()) {
        return exit_skipped;
    }
    for (const char* const address : {"10.77.0.8/32", "10.77.0.9/32"}) {
        if (!run_program({"ip", "address", "add", address, "dev", "lo"})) {
            return 1;
        }
    }
    return boost::unit_test::unit_test_main(init, argc, argv);
}

} // namespace belay::test
