#include "nft_bytes.hpp"

#include "belay/netlink/message.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

namespace belay::testing {

Bytes Message::nested(std::initializer_list<std::uint16_t> way) const {
    Bytes content = attributes;
    for (const std::uint16_t wanted : way) {
        Bytes found;
        for (std::size_t offset = 0; found.empty() && offset + sizeof(nlattr) <= content.size();) {
            nlattr attribute{};
            std::memcpy(&attribute, content.data() + offset, sizeof(attribute));
            if ((attribute.nla_type & NLA_TYPE_MASK) == wanted) {
                found.assign(content.begin() + static_cast<std::ptrdiff_t>(offset + sizeof(nlattr)),
                             content.begin() + static_cast<std::ptrdiff_t>(offset + attribute.nla_len));
            }
            offset += static_cast<std::size_t>(NLA_ALIGN(attribute.nla_len));
        }
        content = found;
    }
    return content;
}

std::vector<Message> decode(ByteView batch) {
    std::vector<Message> messages;
    netlink::for_each_message(batch, [&](const nlmsghdr& header) {
        const auto& body = *static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(&header));
        const auto* const begin = static_cast<const std::uint8_t*>(mnl_nlmsg_get_payload_offset(&header, sizeof(body)));
        const auto* const end = static_cast<const std::uint8_t*>(mnl_nlmsg_get_payload_tail(&header));
        messages.push_back({.type = header.nlmsg_type,
                            .flags = header.nlmsg_flags,
                            .family = body.nfgen_family,
                            .resource = ntohs(body.res_id),
                            .attributes = begin < end ? Bytes(begin, end) : Bytes()});
    });
    return messages;
}

} // namespace belay::testing
