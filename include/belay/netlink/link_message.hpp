#pragma once
// RTM_NEWLINK and RTM_DELLINK as far as a VIP needs them.

#include "belay/vip/host.hpp"

#include <optional>

struct nlmsghdr;

namespace belay::netlink {

/// The link in an RTM_NEWLINK or RTM_DELLINK; nothing when it is another message, incomplete, or only tells that a link
/// left or changed its bridge (family AF_BRIDGE: an RTM_DELLINK of that kind does not end the link).
[[nodiscard]] std::optional<vip::Link> decode_link(const nlmsghdr& message);

} // namespace belay::netlink
