#pragma once
// Bytes that must not outlive their use: keys and what is derived from them.

#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace belay {

/// Owns secret bytes, moves but never copies them by accident, and overwrites them when it ends. Any one thread.
class SecretBytes {
public:
    SecretBytes() = default;

    explicit SecretBytes(std::vector<std::uint8_t> bytes)
        : bytes_(std::move(bytes)) {}

    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;

    SecretBytes(SecretBytes&& other) noexcept
        : bytes_(std::exchange(other.bytes_, {})) {}

    SecretBytes& operator=(SecretBytes&& other) noexcept {
        if (this != &other) {
            wipe();
            bytes_ = std::exchange(other.bytes_, {});
        }
        return *this;
    }

    ~SecretBytes() { wipe(); }

    /// A second copy, on purpose: each thread owns its own.
    [[nodiscard]] SecretBytes clone() const { return SecretBytes(bytes_); }

    [[nodiscard]] std::span<const std::uint8_t> view() const noexcept { return bytes_; }

    [[nodiscard]] bool operator==(const SecretBytes&) const = delete; ///< compare MACs in constant time instead

private:
    void wipe() noexcept {
        if (!bytes_.empty()) {
            ::explicit_bzero(bytes_.data(), bytes_.size());
        }
    }

    std::vector<std::uint8_t> bytes_;
};

/// The cluster's keys as a key file gives them: one, or two while keys rotate. The first one signs, all are accepted
/// (DESIGN section 6). Never empty once loaded.
using ClusterKeys = std::vector<SecretBytes>;

} // namespace belay
