#define BOOST_TEST_MODULE packet
#include "../netlink/namespace.hpp"

#include <boost/test/unit_test.hpp>

using belay::testing::NeedsNamespaces;

BOOST_TEST_GLOBAL_FIXTURE(NeedsNamespaces);
