// The order within the transactions of the fence: what safety rests on, before any kernel sees it.
#include "belay/netlink/fence_rules.hpp"

#include "nft_bytes.hpp"

#include <boost/test/unit_test.hpp>
#include <linux/netfilter/nf_tables.h>

using namespace belay;
using namespace belay::netlink;
using belay::testing::decode;
using belay::testing::Message;

namespace {

std::uint8_t kind(const Message& message) {
    return static_cast<std::uint8_t>(message.type & 0xffU);
}

std::string text(const Bytes& value) {
    return value.empty() ? "" : std::string(value.begin(), value.end() - 1);
}

std::string set_of(const Message& message) {
    return text(message.nested({NFTA_SET_ELEM_LIST_SET}));
}

std::uint64_t timeout_of(const Message& message) {
    const Bytes value = message.nested({NFTA_SET_ELEM_LIST_ELEMENTS, NFTA_LIST_ELEM, NFTA_SET_ELEM_TIMEOUT});
    return value.empty() ? 0 : ByteReader(value).get<std::uint64_t>();
}

} // namespace

BOOST_AUTO_TEST_SUITE(fence_rules)

BOOST_AUTO_TEST_CASE(opening_hands_the_ticket_in_first) {
    const auto messages = decode(arm_fence(true, nft::Timeout(480)).view());
    BOOST_REQUIRE(messages.size() == 12U); // begin, ticket, three tables, end: whatever the number of VIPs
    BOOST_TEST(kind(messages[1]) == NFT_MSG_DELSETELEM);
    BOOST_TEST(set_of(messages[1]) == "ticket");
    BOOST_TEST(!messages[1].nested({NFTA_SET_ELEM_LIST_ELEMENTS}).empty()); // emptying the set would never fail
}

BOOST_AUTO_TEST_CASE(opening_adds_deletes_and_adds_in_every_table) {
    const auto messages = decode(arm_fence(true, nft::Timeout(480)).view());
    for (std::size_t first = 2; first + 3 < messages.size(); first += 3) {
        BOOST_TEST(kind(messages[first]) == NFT_MSG_NEWSETELEM);
        BOOST_TEST(kind(messages[first + 1]) == NFT_MSG_DELSETELEM);
        BOOST_TEST(kind(messages[first + 2]) == NFT_MSG_NEWSETELEM);
        for (const std::size_t index : {first, first + 2}) {
            BOOST_TEST(set_of(messages[index]) == "lease");
            BOOST_TEST(timeout_of(messages[index]) == 480U);
        }
    }
    BOOST_TEST(messages[2].family == 1); // inet, arp, netdev
    BOOST_TEST(messages[5].family == 3);
    BOOST_TEST(messages[8].family == 5);
}

BOOST_AUTO_TEST_CASE(closing_empties_every_lease_and_the_ticket) {
    const auto messages = decode(close_fence(true).view());
    BOOST_REQUIRE(messages.size() == 6U);
    for (std::size_t index = 1; index < 5; ++index) {
        BOOST_TEST(kind(messages[index]) == NFT_MSG_DELSETELEM);
        BOOST_TEST(messages[index].nested({NFTA_SET_ELEM_LIST_ELEMENTS}).empty());
        BOOST_TEST(set_of(messages[index]) == (index < 4 ? "lease" : "ticket"));
    }
}

BOOST_AUTO_TEST_CASE(a_fence_is_built_closed) {
    std::size_t egress_begin = 0;
    const FencedSet fenced{.vips = {parse_ip("10.77.0.100").value(), parse_ip("fd77::100").value()},
                           .egress_devices = {"veth0"}};
    const auto messages = decode(build_fence(fenced, true, egress_begin).view());
    for (const Message& message : messages) {
        BOOST_TEST((kind(message) != NFT_MSG_NEWSETELEM || set_of(message).starts_with("vip")));
    }
    BOOST_TEST(messages.at(egress_begin).family == 5);
    BOOST_TEST(messages.at(egress_begin - 1).family == 3);
}

BOOST_AUTO_TEST_CASE(without_devices_there_is_no_netdev_table) {
    std::size_t egress_begin = 0;
    const auto built = decode(build_fence({.vips = {}, .egress_devices = {}}, false, egress_begin).view());
    BOOST_TEST(egress_begin == built.size() - 1);
    for (const auto& batch : {arm_fence(false, nft::Timeout(9)), close_fence(false), remove_fence(false)}) {
        for (const Message& message : decode(batch.view())) {
            BOOST_TEST(message.family != 5);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
