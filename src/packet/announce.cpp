#include "belay/packet/announce.hpp"

#include "belay/wire/arp.hpp"
#include "belay/wire/neighbour.hpp"

namespace belay::packet {

Status announce(RawSocket& socket, int ifindex, const IpAddress& vip, const MacAddress& mac,
                const std::function<bool()>& may_send) {
    Status status;
    const auto send = [&](const auto& frame) {
        const Status sent = may_send() ? socket.send(ifindex, frame) : Status();
        status = status ? sent : status;
    };
    if (vip.is_v4()) {
        send(wire::encode_arp_announcement(wire::ArpOperation::request, vip, mac));
        send(wire::encode_arp_announcement(wire::ArpOperation::reply, vip, mac));
    } else {
        send(wire::encode_unsolicited_advertisement(vip, mac));
    }
    if (!status) {
        return std::unexpected(Error{.text = fmt::format("cannot announce {}: {}", to_text(vip), status.error().text),
                                     .code = status.error().code});
    }
    return {};
}

Status probe(RawSocket& socket, int ifindex, const IpAddress& vip, const MacAddress& mac) {
    const Status status = socket.send(ifindex, vip.is_v4() ? wire::encode_arp_probe(vip, mac)
                                                           : wire::encode_probe_solicitation(vip, mac));
    if (!status) {
        return std::unexpected(Error{.text = fmt::format("cannot probe for {}: {}", to_text(vip), status.error().text),
                                     .code = status.error().code});
    }
    return {};
}

std::optional<Claim> arp_probe_in(const Frame& frame) {
    const auto arp = wire::decode_arp(frame.bytes);
    if (!arp || !arp->is_probe()) {
        return std::nullopt;
    }
    return Claim{.address = arp->target_ip, .mac = arp->sender_mac, .ifindex = frame.ifindex};
}

std::optional<Claim> claim_in(const Frame& frame) {
    if (const auto arp = wire::decode_arp(frame.bytes)) {
        if (arp->sender_ip.is_unspecified()) {
            return std::nullopt;
        }
        return Claim{.address = arp->sender_ip, .mac = arp->sender_mac, .ifindex = frame.ifindex};
    }
    if (const auto advertisement = wire::decode_advertisement(frame.bytes)) {
        return Claim{.address = advertisement->target,
                     .mac = advertisement->target_mac.value_or(advertisement->ethernet_source),
                     .ifindex = frame.ifindex};
    }
    return std::nullopt;
}

} // namespace belay::packet
