#define BOOST_TEST_MODULE heartbeat
#include <boost/test/unit_test.hpp>
