#define BOOST_TEST_MODULE databases
#include <boost/test/unit_test.hpp>
