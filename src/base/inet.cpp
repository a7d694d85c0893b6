#include "belay/base/inet.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>

namespace belay {

namespace {

/// A whole decimal number up to `max` without sign or blanks; nothing otherwise.
bool parse_number(std::string_view text, unsigned max, unsigned& out) {
    const char* const end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, out);
    return problem == std::errc{} && rest == end && out <= max;
}

} // namespace

bool IpAddress::is_unspecified() const noexcept {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_multicast() const noexcept {
    return is_v4() ? (bytes[0] & 0xf0U) == 0xe0 : bytes[0] == 0xff;
}

bool IpAddress::is_loopback() const noexcept {
    if (is_v4()) {
        return bytes[0] == 127;
    }
    return bytes[15] == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_link_local_v6() const noexcept {
    return is_v6() && bytes[0] == 0xfe && (bytes[1] & 0xc0U) == 0x80;
}

Result<IpAddress> parse_ip(std::string_view text) {
    const std::string terminated(text);
    IpAddress address;
    if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
        return address;
    }
    address.family = IpAddress::Family::v6;
    if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
        return address;
    }
    return fail("'{}' is not an IPv4 or IPv6 address", text);
}

Result<IpPrefix> parse_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_ip(text.substr(0, slash));
    if (!address) {
        return std::unexpected(address.error());
    }
    const unsigned bits = address->is_v4() ? 32 : 128;
    unsigned length = bits;
    if (slash != std::string_view::npos && !parse_number(text.substr(slash + 1), bits, length)) {
        return fail("'{}' has no valid prefix length; it goes from 0 to {}", text, bits);
    }
    return IpPrefix{.address = *address, .length = static_cast<std::uint8_t>(length)};
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const bool bracketed = text.starts_with('[');
    if (colon == std::string_view::npos || (bracketed && (colon == 0 || text[colon - 1] != ']'))) {
        return fail("'{}' has no port; write ADDRESS:PORT, or [ADDRESS]:PORT for IPv6", text);
    }
    const std::string_view host = bracketed ? text.substr(1, colon - 2) : text.substr(0, colon);
    const auto address = parse_ip(host);
    if (!address) {
        return std::unexpected(address.error());
    }
    if (address->is_v6() != bracketed) {
        return address->is_v6() ? fail("'{}' is ambiguous; write an IPv6 address as [ADDRESS]:PORT", text)
                                : fail("'{}' has brackets around an IPv4 address; write ADDRESS:PORT", text);
    }
    unsigned port = 0;
    if (!parse_number(text.substr(colon + 1), 65535, port) || port == 0) {
        return fail("'{}' has no valid port; it goes from 1 to 65535", text);
    }
    return Endpoint{.address = *address, .port = static_cast<std::uint16_t>(port)};
}

Result<MacAddress> parse_mac(std::string_view text) {
    MacAddress mac;
    constexpr std::size_t text_size = 17;
    bool good = text.size() == text_size;
    for (std::size_t index = 0; good && index < mac.bytes.size(); ++index) {
        const char* const digits = text.data() + (index * 3);
        const auto [rest, problem] = std::from_chars(digits, digits + 2, mac.bytes[index], 16);
        good = problem == std::errc{} && rest == digits + 2 && (index == 5 || digits[2] == ':');
    }
    if (!good) {
        return fail("'{}' is not a MAC address; write six pairs of hex digits with colons", text);
    }
    return mac;
}

std::string to_text(const IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(address.is_v4() ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size());
    return text.data();
}

std::string to_text(const IpPrefix& prefix) {
    return fmt::format("{}/{}", to_text(prefix.address), prefix.length);
}

std::string to_text(const Endpoint& endpoint) {
    return endpoint.address.is_v4() ? fmt::format("{}:{}", to_text(endpoint.address), endpoint.port)
                                    : fmt::format("[{}]:{}", to_text(endpoint.address), endpoint.port);
}

std::string to_text(const MacAddress& mac) {
    return fmt::format("{:02x}", fmt::join(mac.bytes, ":"));
}

} // namespace belay
