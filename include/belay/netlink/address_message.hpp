#pragma once
// RTM_NEWADDR and RTM_DELADDR: one kernel object, encode beside decode.

#include "belay/netlink/batch.hpp"
#include "belay/vip/host.hpp"
#include "belay/vip/plan.hpp"

#include <chrono>
#include <optional>
#include <string_view>

struct nlmsghdr;

namespace belay::netlink {

/// How long the kernel keeps an address that is not refreshed; nothing: for ever. At least one second.
using Lifetime = std::optional<std::chrono::seconds>;

/// A message that adds a VIP, and fails with EEXIST where the address is present: with our mark, no label, no broadcast
/// address, global scope. IPv6 without duplicate address detection (usable at once; whether somebody else has it was
/// settled before) and with preferred lifetime 0 (never chosen as a source), DESIGN section 5.
void append_add(Batch& batch, const vip::AddressSpec& spec, Lifetime lifetime = std::nullopt);

/// A message that gives a VIP its whole lifetime again and changes nothing else about it. The kernel adds an address
/// that is not there, as append_add does.
void append_refresh(Batch& batch, const vip::AddressSpec& spec, Lifetime lifetime);

/// A message that removes exactly this address, prefix length included, from this interface.
void append_remove(Batch& batch, const vip::AddressSpec& spec);

/// Asks for all addresses of both families; for RequestSocket::dump().
[[nodiscard]] Batch address_list_request();

/// The address in an RTM_NEWADDR or RTM_DELADDR; nothing when it is another message, another family or incomplete.
[[nodiscard]] std::optional<vip::Address> decode_address(const nlmsghdr& message);

/// Whether a kernel of this release (as in utsname) keeps IFA_PROTO: 5.18 or newer.
[[nodiscard]] bool release_keeps_marks(std::string_view release) noexcept;

/// Whether the running kernel does, judged by its release. A vendor's older kernel may do so too: seeing any mark in a
/// list proves it.
[[nodiscard]] bool kernel_keeps_marks() noexcept;

} // namespace belay::netlink
