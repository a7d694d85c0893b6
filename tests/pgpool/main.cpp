#define BOOST_TEST_MODULE pgpool
#include <boost/test/unit_test.hpp>
