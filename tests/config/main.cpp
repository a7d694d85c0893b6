#define BOOST_TEST_MODULE config
#include <boost/test/unit_test.hpp>

#include "support.hpp"

std::string belay::config::test::source_path(std::string_view relative) {
    return std::string(BELAY_SOURCE_ROOT) + "/" + std::string(relative);
}
