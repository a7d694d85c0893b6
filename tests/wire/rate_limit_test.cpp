#include "belay/wire/rate_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using belay::Instant;

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(so_many_in_each_interval) {
    belay::wire::RateLimit limit(2, 1s);
    const Instant start(10s);
    BOOST_TEST(limit.allow(start));
    BOOST_TEST(limit.allow(start + 500ms));
    BOOST_TEST(!limit.allow(start + 999ms));
    BOOST_TEST(limit.allow(start + 1s));
}

BOOST_AUTO_TEST_CASE(the_first_at_once_then_a_count) {
    belay::wire::CountedLine line(60s);
    const Instant start(10s);
    BOOST_TEST(!line.due(start).has_value());
    line.add();
    BOOST_TEST(line.due(start).value_or(0) == 1U);
    line.add();
    line.add();
    BOOST_TEST(!line.due(start + 59s).has_value());
    BOOST_TEST(line.due(start + 60s).value_or(0) == 2U);
    BOOST_TEST(!line.due(start + 500s).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
