// What may come in from a link: any bytes as an ARP frame and as a neighbour advertisement; and behind the checksum of
// ICMPv6, which is put right first. What is read must stand in the frame, no shorter frame may say it, and padding
// changes nothing. The frames that we make are read back.

#include "belay/wire/arp.hpp"
#include "belay/wire/arp_question.hpp"
#include "belay/wire/neighbour.hpp"
#include "check.hpp"

#include <optional>

namespace {

using namespace belay;
using namespace belay::wire;
using fuzz::must;

constexpr std::size_t arp_size = 42;
constexpr std::size_t ethernet_size = 14;
constexpr std::size_t ipv6_size = 40;
constexpr std::size_t icmp_begin = ethernet_size + ipv6_size;
constexpr std::size_t addresses_begin = ethernet_size + 8;
constexpr std::size_t length_begin = ethernet_size + 4;
constexpr std::size_t advertisement_size = 24;

bool stands_at(ByteView frame, std::size_t place, ByteView bytes) {
    return std::ranges::equal(frame.subspan(place, bytes.size()), bytes);
}

Bytes padded(ByteView frame) {
    constexpr std::size_t padding = 18;
    Bytes longer(frame.begin(), frame.end());
    longer.insert(longer.end(), padding, 0xa5);
    return longer;
}

void read_arp(ByteView frame) {
    const auto message = decode_arp(frame);
    if (!message) {
        return;
    }
    must(frame.size() >= arp_size);
    must(stands_at(frame, 6, message->ethernet_source.bytes) && stands_at(frame, 22, message->sender_mac.bytes));
    must(stands_at(frame, 28, message->sender_ip.view()) && stands_at(frame, 32, message->target_mac.bytes));
    must(stands_at(frame, 38, message->target_ip.view()));
    must(message->sender_ip.is_v4() && message->target_ip.is_v4());
    must(!(message->is_probe() && message->is_announcement()));
    must(!decode_arp(frame.first(arp_size - 1)) && decode_arp(frame.first(arp_size)) == *message);
    must(decode_arp(padded(frame)) == *message);
}

std::size_t length_of(ByteView frame) {
    return (std::size_t{frame[length_begin]} << 8U) | frame[length_begin + 1];
}

/// RFC 8200, section 8.1, written anew: over both addresses, the length, the protocol and the message.
std::uint16_t sum_of(ByteView frame) {
    constexpr std::uint64_t icmpv6 = 58;
    const std::size_t length = length_of(frame);
    std::uint64_t sum = icmpv6 + length;
    for (std::size_t place = addresses_begin; place < icmp_begin + length; place += 2) {
        const std::uint64_t low = place + 1 < icmp_begin + length ? frame[place + 1] : 0;
        sum += std::uint64_t{frame[place]} * 256 + low;
    }
    while (sum >= 0x10000) {
        sum = sum % 0x10000 + sum / 0x10000;
    }
    return static_cast<std::uint16_t>(sum);
}

bool is_whole(ByteView frame) {
    return frame.size() >= icmp_begin + advertisement_size && length_of(frame) >= advertisement_size &&
           icmp_begin + length_of(frame) <= frame.size();
}

void read_advertisement(ByteView frame) {
    const auto said = decode_advertisement(frame);
    if (!said) {
        return;
    }
    must(is_whole(frame) && sum_of(frame) == 0xffff && frame[21] == 255);
    must(stands_at(frame, 6, said->ethernet_source.bytes) && stands_at(frame, addresses_begin, said->source.bytes));
    must(stands_at(frame, icmp_begin + 8, said->target.bytes) && said->target.is_v6());
    must(!said->target.is_multicast());
    const std::size_t end = icmp_begin + length_of(frame);
    if (said->target_mac) {
        must(!std::ranges::search(frame.first(end), said->target_mac->bytes).empty());
    }
    must(!decode_advertisement(frame.first(end - 1)) && decode_advertisement(frame.first(end)) == *said);
    must(decode_advertisement(padded(frame)) == *said);
}

/// Lays the input over a good advertisement, as flipped bits, so that a length and types are there; then the checksum.
void behind_the_checksum(ByteView pattern) {
    static const Bytes good = encode_unsolicited_advertisement(
        {.family = IpAddress::Family::v6, .bytes = {0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
        {{2, 0, 0, 0, 0, 1}});
    Bytes frame = good;
    frame.resize(std::max(good.size(), pattern.size()), 0);
    for (std::size_t index = 0; index < pattern.size(); ++index) {
        frame[index] ^= pattern[index];
    }
    if (!is_whole(frame)) {
        return;
    }
    frame[icmp_begin + 2] = 0;
    frame[icmp_begin + 3] = 0;
    const std::uint16_t sum = static_cast<std::uint16_t>(0xffffU - sum_of(frame));
    frame[icmp_begin + 2] = static_cast<std::uint8_t>(sum / 256);
    frame[icmp_begin + 3] = static_cast<std::uint8_t>(sum % 256);
    read_advertisement(frame);
    if (decode_advertisement(frame)) {
        frame[icmp_begin + 4 + pattern.size() % 20] ^= 1U;
        must(!decode_advertisement(frame));
    }
}

void make_and_read(ByteView bytes) {
    MacAddress mac;
    IpAddress four;
    IpAddress six{.family = IpAddress::Family::v6, .bytes = {}};
    ByteReader in(bytes);
    in.get_bytes(mac.bytes);
    in.get_bytes(std::span(four.bytes).first(4));
    in.get_bytes(six.bytes);
    for (const ArpOperation form : {ArpOperation::request, ArpOperation::reply}) {
        const auto announced = decode_arp(encode_arp_announcement(form, four, mac));
        must(announced && announced->operation == form && announced->sender_ip == four && announced->sender_mac == mac);
        must(announced->is_announcement() == !four.is_unspecified());
    }
    const Bytes probe = encode_arp_probe(four, mac);
    must(decode_arp(probe) && decode_arp(probe)->is_probe() == !four.is_unspecified());
    must(encode_arp_question(four, {}, mac) == probe);
    const auto advertised = decode_advertisement(encode_unsolicited_advertisement(six, mac));
    must(advertised.has_value() == !six.is_multicast());
    must(!advertised || (advertised->target == six && advertised->target_mac == mac && advertised->override));
    must(!decode_advertisement(encode_probe_solicitation(six, mac)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    read_arp(bytes);
    read_advertisement(bytes);
    behind_the_checksum(bytes);
    make_and_read(bytes);
    return 0;
}
