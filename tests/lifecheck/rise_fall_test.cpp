#include "belay/lifecheck/rise_fall.hpp"

#include <boost/test/unit_test.hpp>

using belay::lifecheck::RiseFall;

BOOST_AUTO_TEST_SUITE(rise_and_fall)

BOOST_AUTO_TEST_CASE(one_bad_look_does_not_bring_a_healthy_service_down_but_fall_in_a_row_do) {
    RiseFall service(1, 3);
    service.observe(true);
    BOOST_TEST(service.healthy().value());
    service.observe(false);
    service.observe(false);
    BOOST_TEST(service.healthy().value());
    BOOST_TEST(service.in_doubt());
    service.observe(true); // the row is broken: counting begins again
    BOOST_TEST(!service.in_doubt());
    service.observe(false);
    service.observe(false);
    BOOST_TEST(service.healthy().value());
    service.observe(false);
    BOOST_TEST(!service.healthy().value());
    BOOST_TEST(!service.in_doubt());
}

BOOST_AUTO_TEST_CASE(a_service_comes_back_after_rise_in_a_row) {
    RiseFall service(2, 1);
    service.observe(false);
    BOOST_TEST(!service.healthy().value());
    service.observe(true);
    BOOST_TEST(!service.healthy().value());
    BOOST_TEST(service.in_a_row() == 1U);
    BOOST_TEST(service.needed() == 2U);
    service.observe(false);
    service.observe(true);
    BOOST_TEST(!service.healthy().value());
    service.observe(true);
    BOOST_TEST(service.healthy().value());
}

BOOST_AUTO_TEST_CASE(nothing_is_said_until_rise_good_looks_and_a_first_bad_one_decides) {
    RiseFall rising(2, 3);
    BOOST_TEST(!rising.healthy().has_value());
    rising.observe(true);
    BOOST_TEST(!rising.healthy().has_value());
    rising.observe(true);
    BOOST_TEST(rising.healthy().value());

    RiseFall falling(1, 3);
    falling.observe(false);
    BOOST_TEST(!falling.healthy().value());
}

BOOST_AUTO_TEST_CASE(the_count_stops_at_what_is_needed) {
    RiseFall service(1, 2);
    for (int look = 0; look < 10; ++look) {
        service.observe(false);
    }
    BOOST_TEST(service.in_a_row() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
