#include "belay/vip/conflicts.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::vip;
using namespace std::chrono_literals;
using Kind = Conflict::Kind;

namespace {

constexpr Instant t0 = Instant(1000s);
const IpAddress address = parse_ip("10.77.0.100").value();
const IpAddress other_vip = parse_ip("10.77.0.101").value();
const MacAddress mac = parse_mac("02:00:5e:00:53:01").value();
const MacAddress other_mac = parse_mac("02:00:5e:00:53:02").value();

struct Fixture {
    Conflicts conflicts;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(conflicts, Fixture)

BOOST_AUTO_TEST_CASE(a_foreign_host_is_told_once_however_often_it_is_heard) {
    BOOST_TEST(conflicts.heard(t0, address, Kind::claimed, mac, 2));
    for (Instant now = t0; now < t0 + 10min; now += 10s) {
        BOOST_TEST(!conflicts.heard(now, address, Kind::claimed, mac, 2));
    }
    const auto found = conflicts.find(t0 + 10min, address);
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(
        (*found ==
         Conflict{.kind = Kind::claimed, .mac = mac, .ifindex = 2, .began_at = t0, .heard_at = t0 + 10min - 10s}));
}

BOOST_AUTO_TEST_CASE(another_host_another_vip_and_another_kind_are_told_of_their_own) {
    BOOST_TEST(conflicts.heard(t0, address, Kind::taken, mac, 2));
    BOOST_TEST(conflicts.heard(t0, address, Kind::taken, other_mac, 2));
    BOOST_TEST(conflicts.heard(t0, address, Kind::taken, mac, 3));
    BOOST_TEST(conflicts.heard(t0, address, Kind::claimed, mac, 2));
    BOOST_TEST(conflicts.heard(t0, other_vip, Kind::taken, mac, 2));
    BOOST_TEST(!conflicts.find(t0, parse_ip("fd77::1").value()).has_value());
}

BOOST_AUTO_TEST_CASE(the_one_heard_last_is_shown) {
    conflicts.heard(t0, address, Kind::claimed, mac, 2);
    conflicts.heard(t0, address, Kind::claimed, other_mac, 2);
    BOOST_TEST((conflicts.find(t0, address)->mac == other_mac));
    conflicts.heard(t0 + 1s, address, Kind::claimed, mac, 2);
    BOOST_TEST((conflicts.find(t0 + 1s, address)->mac == mac));
    BOOST_TEST((conflicts.find(t0 + 1s, address)->began_at == t0));
}

BOOST_AUTO_TEST_CASE(a_claim_is_over_after_a_minute_of_silence_and_told_again_then) {
    conflicts.heard(t0, address, Kind::claimed, mac, 2);
    BOOST_TEST(conflicts.find(t0 + 59s, address).has_value());
    BOOST_TEST(!conflicts.find(t0 + 60s, address).has_value());
    BOOST_TEST(conflicts.heard(t0 + 60s, address, Kind::claimed, mac, 2));
}

BOOST_AUTO_TEST_CASE(a_taken_vip_is_taken_until_it_is_found_free) {
    conflicts.heard(t0, address, Kind::taken, mac, 2);
    BOOST_TEST(conflicts.find(t0 + 1h, address).has_value());
    BOOST_TEST(conflicts.over(address));
    BOOST_TEST(!conflicts.find(t0 + 1h, address).has_value());
    BOOST_TEST(!conflicts.over(address));
    BOOST_TEST(conflicts.heard(t0 + 1h, address, Kind::taken, mac, 2));
    conflicts.clear();
    BOOST_TEST(!conflicts.find(t0 + 1h, address).has_value());
}

BOOST_AUTO_TEST_CASE(made_up_macs_are_told_a_few_times_only) {
    std::size_t told = 0;
    for (unsigned number = 0; number < 10'000; ++number) {
        const MacAddress made_up{
            {2, 0, 0, 0, static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)}};
        told += conflicts.heard(t0 + number * 1ms, address, Kind::claimed, made_up, 2) ? 1U : 0U;
    }
    BOOST_TEST(told == Conflicts::macs_max);
}

BOOST_AUTO_TEST_SUITE_END()
