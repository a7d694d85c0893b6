#define BOOST_TEST_MODULE daemon upstream
#include "namespace.hpp"

#include <boost/test/unit_test.hpp>

using belay::testing::NeedsNamespaces;

BOOST_TEST_GLOBAL_FIXTURE(NeedsNamespaces);
