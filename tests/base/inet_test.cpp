#include "belay/base/inet.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(inet)

BOOST_AUTO_TEST_CASE(addresses_survive_text) {
    for (const char* text : {"10.77.0.1", "255.255.255.255", "fd00::1", "::", "fe80::1:2"}) {
        BOOST_TEST(belay::to_text(belay::parse_ip(text).value()) == text);
    }
    for (const char* text : {"", "10.77.0", "10.77.0.256", "fd00::g", "localhost", "10.77.0.1 "}) {
        BOOST_TEST(!belay::parse_ip(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(prefixes) {
    BOOST_TEST(belay::to_text(belay::parse_prefix("10.77.0.100/24").value()) == "10.77.0.100/24");
    BOOST_TEST(belay::to_text(belay::parse_prefix("10.77.0.100").value()) == "10.77.0.100/32");
    BOOST_TEST(belay::to_text(belay::parse_prefix("fd00::5").value()) == "fd00::5/128");
    for (const char* text : {"10.0.0.1/33", "10.0.0.1/", "10.0.0.1/x", "fd00::1/129", "10.0.0.1/-1"}) {
        BOOST_TEST(!belay::parse_prefix(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(endpoints) {
    BOOST_TEST(belay::to_text(belay::parse_endpoint("10.77.0.1:7940").value()) == "10.77.0.1:7940");
    BOOST_TEST(belay::to_text(belay::parse_endpoint("[fd00::1]:7940").value()) == "[fd00::1]:7940");
    for (const char* text : {"10.77.0.1", "10.77.0.1:0", "10.77.0.1:65536", "fd00::1:7940", "[fd00::1]", "[10.0.0.1]:5",
                             ":5", "]:5", "["}) {
        BOOST_TEST(!belay::parse_endpoint(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(macs) {
    BOOST_TEST(belay::to_text(belay::parse_mac("02:00:5e:00:53:ff").value()) == "02:00:5e:00:53:ff");
    for (const char* text : {"", "02:00:5e:00:53", "02:00:5e:00:53:fg", "02-00-5e-00-53-ff", "2:0:5e:0:53:ffff1"}) {
        BOOST_TEST(!belay::parse_mac(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(kinds_of_address) {
    BOOST_TEST(belay::parse_ip("0.0.0.0")->is_unspecified());
    BOOST_TEST(belay::parse_ip("224.0.0.18")->is_multicast());
    BOOST_TEST(belay::parse_ip("ff02::1")->is_multicast());
    BOOST_TEST(belay::parse_ip("127.3.0.1")->is_loopback());
    BOOST_TEST(belay::parse_ip("::1")->is_loopback());
    BOOST_TEST(!belay::parse_ip("::2")->is_loopback());
    BOOST_TEST(belay::parse_ip("fe80::1")->is_link_local_v6());
}

BOOST_AUTO_TEST_SUITE_END()
