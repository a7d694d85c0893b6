// The layout is fixed: 14 bytes of Ethernet and 28 of ARP. Padding to the 60 bytes of a short frame is the driver's.
#include "belay/wire/arp.hpp"

#include <cassert>

namespace belay::wire {

namespace {

constexpr std::uint16_t hardware_ethernet = 1;
constexpr std::uint16_t protocol_ipv4 = 0x0800;
constexpr std::uint8_t mac_size = 6;
constexpr std::uint8_t ipv4_size = 4;
constexpr std::size_t frame_size = 42;
constexpr MacAddress broadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

MacAddress get_mac(ByteReader& in) {
    MacAddress mac;
    in.get_bytes(mac.bytes);
    return mac;
}

IpAddress get_ipv4(ByteReader& in) {
    IpAddress address;
    in.get_bytes(std::span(address.bytes).first(ipv4_size));
    return address;
}

Bytes encode_broadcast(const ArpMessage& message) {
    Bytes frame;
    frame.reserve(frame_size);
    ByteWriter out(frame);
    out.put_bytes(broadcast.bytes);
    out.put_bytes(message.ethernet_source.bytes);
    out.put(ethertype_arp);
    out.put(hardware_ethernet);
    out.put(protocol_ipv4);
    out.put(mac_size);
    out.put(ipv4_size);
    out.put(static_cast<std::uint16_t>(message.operation));
    out.put_bytes(message.sender_mac.bytes);
    out.put_bytes(message.sender_ip.view());
    out.put_bytes(message.target_mac.bytes);
    out.put_bytes(message.target_ip.view());
    return frame;
}

} // namespace

bool ArpMessage::is_probe() const noexcept {
    return operation == ArpOperation::request && sender_ip.is_unspecified() && !target_ip.is_unspecified();
}

bool ArpMessage::is_announcement() const noexcept {
    return sender_ip == target_ip && !sender_ip.is_unspecified();
}

Bytes encode_arp_announcement(ArpOperation form, const IpAddress& vip, const MacAddress& mac) {
    assert(vip.is_v4());
    return encode_broadcast({.operation = form,
                             .ethernet_source = mac,
                             .sender_mac = mac,
                             .sender_ip = vip,
                             .target_mac = form == ArpOperation::reply ? mac : MacAddress{},
                             .target_ip = vip});
}

Bytes encode_arp_probe(const IpAddress& vip, const MacAddress& mac) {
    assert(vip.is_v4());
    return encode_broadcast({.operation = ArpOperation::request,
                             .ethernet_source = mac,
                             .sender_mac = mac,
                             .sender_ip = {},
                             .target_mac = {},
                             .target_ip = vip});
}

std::optional<ArpMessage> decode_arp(ByteView frame) {
    ByteReader in(frame);
    in.skip(mac_size);
    ArpMessage message;
    message.ethernet_source = get_mac(in);
    const bool is_arp = in.get<std::uint16_t>() == ethertype_arp;
    const bool on_ethernet = in.get<std::uint16_t>() == hardware_ethernet;
    const bool for_ipv4 = in.get<std::uint16_t>() == protocol_ipv4;
    const bool sizes_fit = in.get<std::uint8_t>() == mac_size && in.get<std::uint8_t>() == ipv4_size;
    const auto operation = in.get<std::uint16_t>();
    message.sender_mac = get_mac(in);
    message.sender_ip = get_ipv4(in);
    message.target_mac = get_mac(in);
    message.target_ip = get_ipv4(in);
    const bool is_request = operation == static_cast<std::uint16_t>(ArpOperation::request);
    const bool is_reply = operation == static_cast<std::uint16_t>(ArpOperation::reply);
    if (!in.ok() || !is_arp || !on_ethernet || !for_ipv4 || !sizes_fit || (!is_request && !is_reply)) {
        return std::nullopt;
    }
    message.operation = is_request ? ArpOperation::request : ArpOperation::reply;
    return message;
}

} // namespace belay::wire
