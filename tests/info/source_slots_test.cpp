#include "belay/info/source_slots.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using belay::IpAddress;
using belay::parse_ip;
using belay::info::slots_for_strangers_max;
using belay::info::slots_per_source_max;
using belay::info::SourceSlots;

namespace {

IpAddress stranger(std::uint8_t number) {
    IpAddress address = parse_ip("10.78.0.0").value();
    address.bytes[3] = number;
    return address;
}

} // namespace

BOOST_AUTO_TEST_SUITE(source_slots)

BOOST_AUTO_TEST_CASE(one_source_has_few_places_and_gets_them_back) {
    const IpAddress peer = parse_ip("10.77.0.2").value();
    SourceSlots slots({peer});
    std::vector<SourceSlots::Slot> held;
    for (std::size_t count = 0; count < slots_per_source_max; ++count) {
        auto slot = slots.take(peer);
        BOOST_REQUIRE(slot.has_value());
        held.push_back(*std::move(slot));
    }
    BOOST_TEST(!slots.take(peer).has_value());
    held.pop_back();
    BOOST_TEST(slots.take(peer).has_value());
    BOOST_TEST(slots.take(peer).has_value()); // the one before was given back at once
}

BOOST_AUTO_TEST_CASE(nodes_that_share_an_address_have_places_each) {
    const IpAddress shared = parse_ip("127.0.0.1").value();
    SourceSlots slots({shared, shared, shared});
    std::vector<SourceSlots::Slot> held;
    for (std::size_t count = 0; count < 3 * slots_per_source_max; ++count) {
        held.push_back(slots.take(shared).value());
    }
    BOOST_TEST(!slots.take(shared).has_value());
}

BOOST_AUTO_TEST_CASE(strangers_from_many_addresses_leave_the_peers_their_places) {
    const IpAddress peer = parse_ip("10.77.0.2").value();
    SourceSlots slots({peer});
    std::vector<SourceSlots::Slot> held;
    for (std::uint8_t number = 0; number < slots_for_strangers_max; ++number) {
        held.push_back(slots.take(stranger(number)).value());
    }
    BOOST_TEST(!slots.take(stranger(200)).has_value());
    BOOST_TEST(slots.take(peer).has_value());
    held.clear();
    BOOST_TEST(slots.take(stranger(200)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
