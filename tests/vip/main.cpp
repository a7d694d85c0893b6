#define BOOST_TEST_MODULE vip
#include <boost/test/unit_test.hpp>
