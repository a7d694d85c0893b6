#pragma once
// Netlink messages as bytes: where one ends and the next begins, and what an NLMSG_ERROR says. Shared by the socket
// that acts and by the codecs of single kernel objects.

#include "belay/base/bytes.hpp"
#include "belay/base/result.hpp"

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>

struct nlmsghdr;

namespace belay::netlink {

/// Copies a message of nlmsg_len bytes to the end of `out`, which holds whole messages, and pads it to NLMSG_ALIGNTO.
void append_message(Bytes& out, const nlmsghdr& message);

/// The message that begins at `offset`, a multiple of NLMSG_ALIGNTO. Lives as long as `bytes` is not changed.
[[nodiscard]] nlmsghdr& message_at(Bytes& bytes, std::size_t offset);

/// Calls `visit` for every whole message in `bytes`, which begins at an aligned address; stops where the rest is no
/// whole message.
void for_each_message(ByteView bytes, const std::function<void(const nlmsghdr&)>& visit);

/// What NLMSG_ERROR or NLMSG_DONE says: code 0 for done, otherwise the errno and its text with the kernel's own words
/// (NLMSGERR_ATTR_MSG) where it gave some. Nothing for messages of other types, or too short to be one.
[[nodiscard]] std::optional<Error> decode_verdict(const nlmsghdr& message);

} // namespace belay::netlink
