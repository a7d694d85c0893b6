#include "belay/netlink/link_message.hpp"

#include <algorithm>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

namespace belay::netlink {

namespace {

int read_attribute(const nlattr* attribute, void* data) {
    auto& link = *static_cast<vip::Link*>(data);
    const int type = mnl_attr_get_type(attribute);
    if (type == IFLA_IFNAME && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0) {
        link.name = mnl_attr_get_str(attribute);
    } else if (type == IFLA_ADDRESS && mnl_attr_get_payload_len(attribute) == link.mac.bytes.size()) {
        std::copy_n(static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)), link.mac.bytes.size(),
                    link.mac.bytes.begin());
    }
    return MNL_CB_OK;
}

} // namespace

std::optional<vip::Link> decode_link(const nlmsghdr& message) {
    const bool is_link = message.nlmsg_type == RTM_NEWLINK || message.nlmsg_type == RTM_DELLINK;
    if (!is_link || mnl_nlmsg_get_payload_len(&message) < sizeof(ifinfomsg)) {
        return std::nullopt;
    }
    const auto& body = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
    if (body.ifi_family != AF_UNSPEC) {
        return std::nullopt;
    }
    // The kernel sets IFF_RUNNING by the operational state (RFC 2863: up or unknown) and IFF_LOWER_UP by the carrier.
    constexpr unsigned usable = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
    vip::Link link;
    link.index = body.ifi_index;
    link.up = (body.ifi_flags & IFF_UP) != 0;
    link.carrier = (body.ifi_flags & usable) == usable;
    mnl_attr_parse(&message, sizeof(body), read_attribute, &link);
    if (link.name.empty()) {
        return std::nullopt;
    }
    return link;
}

} // namespace belay::netlink
