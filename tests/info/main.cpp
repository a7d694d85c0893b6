#define BOOST_TEST_MODULE info
#include <boost/test/unit_test.hpp>
