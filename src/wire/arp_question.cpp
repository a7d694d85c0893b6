#include "belay/wire/arp_question.hpp"

#include "belay/wire/arp.hpp"

#include <cassert>

namespace belay::wire {

Bytes encode_arp_question(const IpAddress& target, const IpAddress& sender, const MacAddress& mac) {
    assert(target.is_v4() && sender.is_v4());
    constexpr MacAddress broadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    constexpr std::uint16_t hardware_ethernet = 1;
    constexpr std::uint16_t protocol_ipv4 = 0x0800;
    constexpr std::uint8_t mac_size = 6;
    constexpr std::uint8_t ipv4_size = 4;
    Bytes frame;
    ByteWriter out(frame);
    out.put_bytes(broadcast.bytes);
    out.put_bytes(mac.bytes);
    out.put(ethertype_arp);
    out.put(hardware_ethernet);
    out.put(protocol_ipv4);
    out.put(mac_size);
    out.put(ipv4_size);
    out.put(static_cast<std::uint16_t>(ArpOperation::request));
    out.put_bytes(mac.bytes);
    out.put_bytes(sender.view());
    out.put_bytes(MacAddress{}.bytes);
    out.put_bytes(target.view());
    return frame;
}

} // namespace belay::wire
