#include "belay/wire/arp_question.hpp"

#include "belay/wire/arp.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::wire;

namespace {

const IpAddress target = parse_ip("10.77.0.254").value();
const MacAddress mac = parse_mac("02:00:00:00:00:07").value();

} // namespace

BOOST_AUTO_TEST_SUITE(arp_question)

BOOST_AUTO_TEST_CASE(a_question_is_a_request_that_claims_its_sender) {
    const IpAddress sender = parse_ip("10.77.0.1").value();
    const Bytes frame = encode_arp_question(target, sender, mac);
    BOOST_TEST(frame.size() == 42U);
    BOOST_TEST(frame[0] == 0xffU); // to everybody
    const ArpMessage read = decode_arp(frame).value();
    BOOST_TEST((read.operation == ArpOperation::request));
    BOOST_TEST((read.ethernet_source == mac && read.sender_mac == mac));
    BOOST_TEST((read.sender_ip == sender && read.target_ip == target));
    BOOST_TEST((read.target_mac == MacAddress{}));
    BOOST_TEST(!read.is_probe());
    BOOST_TEST(!read.is_announcement());
}

BOOST_AUTO_TEST_CASE(without_a_sender_it_is_a_probe) {
    BOOST_TEST(decode_arp(encode_arp_question(target, IpAddress{}, mac)).value().is_probe());
}

BOOST_AUTO_TEST_SUITE_END()
