#define BOOST_TEST_MODULE lifecheck
#include <boost/test/unit_test.hpp>
