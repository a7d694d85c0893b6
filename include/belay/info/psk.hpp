#pragma once
// From a cluster key to what TLS needs of it (DESIGN section 6). The pre-shared key is HKDF-SHA256 (RFC 5869) of the
// cluster key under a label of its own, so that the info channel and the heartbeat never use the same key; the PSK
// identity (RFC 8446, 4.2.11) is the key id, so that two keys can be valid while keys rotate.

#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belay::info {

inline constexpr std::string_view psk_label = "belay info 1";
inline constexpr std::size_t psk_bytes = 32; ///< one SHA-256
inline constexpr std::size_t cluster_key_bytes_min = 32;

/// A key as a TLS peer offers or finds it.
struct Psk {
    std::string identity; ///< the key id, 16 hex digits; not secret
    SecretBytes key;
};

/// The first 8 bytes of SHA-256 of a cluster key, in hex. Not secret: the key is random.
[[nodiscard]] Result<std::string> key_id(std::span<const std::uint8_t> cluster_key);

/// Fails on a key that is too short, or when libcrypto does.
[[nodiscard]] Result<Psk> derive_psk(std::span<const std::uint8_t> cluster_key);

/// All of them, in order. Fails when there is none.
[[nodiscard]] Result<std::vector<Psk>> derive_psks(const ClusterKeys& keys);

} // namespace belay::info
