#pragma once
// Addresses as values: IPv4 and IPv6 alike, with or without a port or a prefix length, and MAC addresses.
// Nothing here resolves names or opens sockets.

#include "belay/base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace belay {

/// An IPv4 or IPv6 address. IPv4 uses the first four bytes; the rest is zero. Network byte order.
struct IpAddress {
    enum class Family : std::uint8_t { v4 = 4, v6 = 6 };

    Family family = Family::v4;
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const IpAddress&) const = default;

    [[nodiscard]] bool is_v4() const noexcept { return family == Family::v4; }

    [[nodiscard]] bool is_v6() const noexcept { return family == Family::v6; }

    /// 4 or 16.
    [[nodiscard]] std::size_t size() const noexcept { return is_v4() ? 4 : 16; }

    /// The bytes that count: 4 or 16 of them.
    [[nodiscard]] std::span<const std::uint8_t> view() const noexcept { return std::span(bytes).first(size()); }

    /// All bits zero: "any", which nobody may be.
    [[nodiscard]] bool is_unspecified() const noexcept;
    [[nodiscard]] bool is_multicast() const noexcept;
    [[nodiscard]] bool is_loopback() const noexcept;
    /// fe80::/10; such an address means nothing without an interface.
    [[nodiscard]] bool is_link_local_v6() const noexcept;
};

/// An address and the length of its network part, "10.77.0.100/24".
struct IpPrefix {
    IpAddress address;
    std::uint8_t length = 0;

    auto operator<=>(const IpPrefix&) const = default;
};

/// An address and a UDP or TCP port in host byte order, "10.77.0.1:7940" or "[fd00::1]:7940".
struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;

    auto operator<=>(const Endpoint&) const = default;
};

/// A 48-bit Ethernet address.
struct MacAddress {
    std::array<std::uint8_t, 6> bytes{};

    auto operator<=>(const MacAddress&) const = default;
};

[[nodiscard]] Result<IpAddress> parse_ip(std::string_view text);
/// The length may be left out: /32 or /128 then.
[[nodiscard]] Result<IpPrefix> parse_prefix(std::string_view text);
/// The port may not be left out, and zero is refused.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] Result<MacAddress> parse_mac(std::string_view text);

[[nodiscard]] std::string to_text(const IpAddress& address);
[[nodiscard]] std::string to_text(const IpPrefix& prefix);
[[nodiscard]] std::string to_text(const Endpoint& endpoint);
[[nodiscard]] std::string to_text(const MacAddress& mac);

} // namespace belay
