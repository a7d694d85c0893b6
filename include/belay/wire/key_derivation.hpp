#pragma once
// Keys for each use, out of the one cluster key (DESIGN section 6): HKDF-SHA256 (RFC 5869) with an own label each, so
// that nothing learned about one use helps against another.

#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"
#include "belay/wire/heartbeat_packet.hpp"

#include <cstddef>
#include <string_view>

namespace belay::wire {

/// The label of the heartbeat's MAC key. Other uses have labels of their own.
inline constexpr std::string_view heartbeat_key_label = "belay heartbeat 1";

/// `size` bytes for the use that `label` names (the "info" of RFC 5869; no salt, as the key is random already). Any
/// thread.
[[nodiscard]] Result<SecretBytes> derive_key(const SecretBytes& cluster_key, std::string_view label, std::size_t size);

/// Any thread.
[[nodiscard]] Result<KeyId> key_id(const SecretBytes& cluster_key);

} // namespace belay::wire
