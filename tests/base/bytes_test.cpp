#include "belay/base/bytes.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(integers_go_most_significant_byte_first) {
    belay::Bytes out;
    belay::ByteWriter writer(out);
    writer.put(std::uint16_t{0x0102});
    writer.put(std::uint8_t{3});
    writer.put_signed(-2);
    const belay::Bytes expected{1, 2, 3, 255, 255, 255, 255, 255, 255, 255, 254};
    BOOST_TEST(out == expected, boost::test_tools::per_element());

    belay::ByteReader reader(out);
    BOOST_TEST(reader.get<std::uint16_t>() == 0x0102);
    BOOST_TEST(reader.get<std::uint8_t>() == 3);
    BOOST_TEST(reader.get_signed() == -2);
    BOOST_TEST(reader.left() == 0U);
    BOOST_TEST(reader.ok());
}

BOOST_AUTO_TEST_CASE(a_read_past_the_end_gives_zero_and_stays_bad) {
    const belay::Bytes in{1, 2, 3};
    belay::ByteReader reader(in);
    BOOST_TEST(reader.get<std::uint32_t>() == 0U);
    BOOST_TEST(!reader.ok());
    BOOST_TEST(reader.get<std::uint8_t>() == 0U);
    BOOST_TEST(!reader.ok());
}

BOOST_AUTO_TEST_SUITE_END()
