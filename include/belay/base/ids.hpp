#pragma once
// The names of nodes and of their runs, as values that fit in a packet (DESIGN section 2).

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace belay {

/// A node, named in `[node NAME]`. The value is the FNV-1a hash (64 bits) of the name, so that hosts agree on it
/// without agreeing on an order of nodes; `config` refuses two names of one hash. Zero is no node.
struct NodeId {
    std::uint64_t value = 0;

    auto operator<=>(const NodeId&) const = default;

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return value != 0; }
};

/// The id that belongs to a node's name.
[[nodiscard]] NodeId node_id(std::string_view name) noexcept;

/// One run of a daemon (DESIGN section 2, "incarnation"). All zero is no incarnation.
struct Incarnation {
    std::array<std::uint8_t, 16> boot_id{}; ///< /proc/sys/kernel/random/boot_id
    std::uint64_t netns_cookie = 0;         ///< SO_NETNS_COOKIE of the daemon's sockets
    std::int64_t started_ns = 0;            ///< CLOCK_BOOTTIME at its start, nanoseconds
    std::uint64_t nonce = 0;                ///< random, so that no two runs are ever equal

    auto operator<=>(const Incarnation&) const = default;

    [[nodiscard]] bool known() const noexcept { return *this != Incarnation{}; }
};

/// Whether `candidate` is a later run than `known` of a daemon on the same boot and in the same network namespace.
/// Runs of different boots or namespaces have no order: both answers are false then.
[[nodiscard]] bool is_later_run(const Incarnation& candidate, const Incarnation& known) noexcept;

/// A short form for logs: the first four digits of the boot id and the nonce, "3fa9/81c2d0e4".
[[nodiscard]] std::string to_text(const Incarnation& incarnation);

} // namespace belay
