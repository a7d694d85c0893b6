// Layout: 14 bytes of Ethernet, 40 of IPv6, 24 of solicitation or advertisement, options in units of 8 bytes. The
// checksum of ICMPv6 also covers a pseudo-header of both addresses, the length and the protocol (RFC 8200,
// section 8.1).
#include "belay/wire/neighbour.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace belay::wire {

namespace {

constexpr std::uint8_t next_header_icmpv6 = 58;
constexpr std::uint8_t hop_limit_on_link = 255;
constexpr std::uint8_t type_solicitation = 135;
constexpr std::uint8_t type_advertisement = 136;
constexpr std::uint32_t flag_router = 0x8000'0000;
constexpr std::uint32_t flag_solicited = 0x4000'0000;
constexpr std::uint32_t flag_override = 0x2000'0000;
constexpr std::uint8_t option_target_link_address = 2;
constexpr std::size_t option_unit = 8;
constexpr std::size_t advertisement_size = 24; ///< without options
constexpr std::size_t checksum_offset = 2;
constexpr std::uint16_t multicast_mac_prefix = 0x3333;
constexpr IpAddress all_nodes{.family = IpAddress::Family::v6,
                              .bytes = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

/// The sum of 16-bit words that RFC 1071 asks for, not yet folded; an odd last byte counts as the high one.
std::uint64_t sum_words(ByteView bytes) {
    std::uint64_t sum = 0;
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        sum += index % 2 == 0 ? std::uint64_t{bytes[index]} << 8U : std::uint64_t{bytes[index]};
    }
    return sum;
}

/// Over a message whose checksum field is zero: what to put there. Over a good message as received: zero.
std::uint16_t icmpv6_checksum(const IpAddress& source, const IpAddress& destination, ByteView message) {
    std::uint64_t sum = sum_words(source.bytes) + sum_words(destination.bytes) + message.size() + next_header_icmpv6 +
                        sum_words(message);
    while (sum > 0xffff) {
        sum = (sum & 0xffffU) + (sum >> 16U);
    }
    return static_cast<std::uint16_t>(~sum & 0xffffU);
}

IpAddress get_ipv6(ByteReader& in) {
    IpAddress address{.family = IpAddress::Family::v6, .bytes = {}};
    in.get_bytes(address.bytes);
    return address;
}

/// Puts the checksum into a message that has zero there.
void seal(Bytes& message, const IpAddress& source, const IpAddress& destination) {
    const std::uint16_t checksum = icmpv6_checksum(source, destination, message);
    message[checksum_offset] = static_cast<std::uint8_t>(checksum >> 8U);
    message[checksum_offset + 1] = static_cast<std::uint8_t>(checksum & 0xffU);
}

/// A multicast frame; its Ethernet destination is made of the group's last four bytes (RFC 2464, section 7).
Bytes encode_frame(const MacAddress& mac, const IpAddress& source, const IpAddress& group, Bytes message) {
    seal(message, source, group);
    Bytes frame;
    ByteWriter out(frame);
    out.put(multicast_mac_prefix);
    out.put_bytes(std::span(group.bytes).last(sizeof(std::uint32_t)));
    out.put_bytes(mac.bytes);
    out.put(ethertype_ipv6);
    out.put(std::uint32_t{0x6000'0000}); // version 6, no traffic class, no flow label
    out.put(static_cast<std::uint16_t>(message.size()));
    out.put(next_header_icmpv6);
    out.put(hop_limit_on_link);
    out.put_bytes(source.bytes);
    out.put_bytes(group.bytes);
    out.put_bytes(message);
    return frame;
}

/// ff02::1:ff00:0/104 and the last three bytes of the address (RFC 4291, section 2.7.1).
IpAddress solicited_node_group(const IpAddress& address) {
    constexpr std::size_t from_address = 3;
    IpAddress group{.family = IpAddress::Family::v6, .bytes = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff}};
    std::ranges::copy(std::span(address.bytes).last(from_address), group.bytes.end() - from_address);
    return group;
}

/// Walks the options; false when one has no length or reaches beyond the end.
bool read_options(ByteView options, std::optional<MacAddress>& target_mac) {
    ByteReader in(options);
    while (in.left() > 0) {
        const auto type = in.get<std::uint8_t>();
        const std::size_t size = std::size_t{in.get<std::uint8_t>()} * option_unit;
        if (!in.ok() || size == 0) {
            return false;
        }
        const std::size_t content = size - 2;
        if (type == option_target_link_address && size == option_unit && in.left() >= content) {
            in.get_bytes(target_mac.emplace().bytes);
        } else {
            in.skip(content);
        }
        if (!in.ok()) {
            return false;
        }
    }
    return true;
}

/// The ICMPv6 part, its length and checksum already checked.
bool read_message(ByteView message, NeighbourAdvertisement& out) {
    ByteReader in(message);
    const bool is_advertisement = in.get<std::uint8_t>() == type_advertisement && in.get<std::uint8_t>() == 0;
    in.skip(sizeof(std::uint16_t));
    const auto flags = in.get<std::uint32_t>();
    out.router = (flags & flag_router) != 0;
    out.solicited = (flags & flag_solicited) != 0;
    out.override = (flags & flag_override) != 0;
    out.target = get_ipv6(in);
    return in.ok() && is_advertisement && !out.target.is_multicast() &&
           read_options(message.subspan(advertisement_size), out.target_mac);
}

} // namespace

Bytes encode_unsolicited_advertisement(const IpAddress& vip, const MacAddress& mac) {
    assert(vip.is_v6());
    Bytes message;
    ByteWriter out(message);
    out.put(type_advertisement);
    out.put(std::uint8_t{0});
    out.put(std::uint16_t{0});
    out.put(flag_override);
    out.put_bytes(vip.bytes);
    out.put(option_target_link_address);
    out.put(std::uint8_t{1});
    out.put_bytes(mac.bytes);
    return encode_frame(mac, vip, all_nodes, std::move(message));
}

Bytes encode_probe_solicitation(const IpAddress& vip, const MacAddress& mac) {
    assert(vip.is_v6());
    Bytes message;
    ByteWriter out(message);
    out.put(type_solicitation);
    out.put(std::uint8_t{0});
    out.put(std::uint16_t{0});
    out.put(std::uint32_t{0}); // reserved
    out.put_bytes(vip.bytes);
    constexpr IpAddress nobody{.family = IpAddress::Family::v6, .bytes = {}};
    return encode_frame(mac, nobody, solicited_node_group(vip), std::move(message));
}

std::optional<NeighbourAdvertisement> decode_advertisement(ByteView frame) {
    ByteReader in(frame);
    NeighbourAdvertisement advertisement;
    in.skip(sizeof(MacAddress));
    in.get_bytes(advertisement.ethernet_source.bytes);
    const bool is_ipv6 = in.get<std::uint16_t>() == ethertype_ipv6 && in.get<std::uint32_t>() >> 28U == 6;
    const std::size_t length = in.get<std::uint16_t>();
    const bool is_icmpv6 = in.get<std::uint8_t>() == next_header_icmpv6;
    const bool from_this_link = in.get<std::uint8_t>() == hop_limit_on_link;
    advertisement.source = get_ipv6(in);
    const IpAddress destination = get_ipv6(in);
    if (!in.ok() || !is_ipv6 || !is_icmpv6 || !from_this_link || length < advertisement_size || length > in.left()) {
        return std::nullopt;
    }
    const ByteView message = frame.subspan(frame.size() - in.left(), length);
    if (icmpv6_checksum(advertisement.source, destination, message) != 0 || !read_message(message, advertisement)) {
        return std::nullopt;
    }
    return advertisement;
}

} // namespace belay::wire
