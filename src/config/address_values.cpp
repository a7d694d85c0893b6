// The addresses that a node, a service or a VIP can have. An address that nobody could use is refused here, where the
// value is, and not at the first bind() or the first netlink message on some host.

#include "text.hpp"
#include "values.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace belay::config {

namespace {

/// ::ffff:0:0/96, an IPv4 address in the dress of IPv6 (RFC 4291, 2.5.5.2): it would be another value than the same
/// address written plainly, and hide a duplicate.
bool is_v4_mapped(const IpAddress& address) {
    static constexpr std::array<std::uint8_t, 12> head{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return address.is_v6() && std::ranges::equal(std::span(address.bytes).first(head.size()), head);
}

bool is_broadcast(const IpAddress& address) {
    return address.is_v4() && std::ranges::all_of(address.view(), [](std::uint8_t byte) { return byte == 0xff; });
}

/// Why no host can have this address; empty when one can.
std::string_view unusable_because(const IpAddress& address) {
    if (address.is_unspecified()) {
        return "is the unspecified address; write the address of the host";
    }
    if (address.is_multicast() || is_broadcast(address)) {
        return "belongs to no single host; write a unicast address";
    }
    if (is_v4_mapped(address)) {
        return "is an IPv4 address written as IPv6; write it as IPv4";
    }
    if (address.is_link_local_v6()) {
        return "is link-local and means nothing without its link; use a global or unique local address (fd00::/8)";
    }
    return {};
}

Parsed<std::optional<IpAddress>> read_host_address(std::string_view text) {
    const auto address = parse_ip(text);
    if (!address) {
        return misfit("{}", address.error().text);
    }
    if (const std::string_view reason = unusable_because(*address); !reason.empty()) {
        return misfit("{} {}", to_text(*address), reason);
    }
    return *address;
}

Parsed<Endpoint> read_endpoint(std::string_view text) {
    const auto endpoint = parse_endpoint(text);
    if (!endpoint) {
        return misfit("{}", endpoint.error().text);
    }
    if (const std::string_view reason = unusable_because(endpoint->address); !reason.empty()) {
        return misfit("{} {}", to_text(endpoint->address), reason);
    }
    return *endpoint;
}

Parsed<std::vector<Endpoint>> read_endpoints(std::string_view text) {
    std::vector<Endpoint> endpoints;
    for (const ListItem& item : list_items(text)) {
        if (item.text.empty()) {
            return std::unexpected(Misfit{.text = "an item of the list is empty; put one comma between two addresses",
                                          .offset = item.offset});
        }
        auto endpoint = read_endpoint(item.text);
        if (!endpoint) {
            endpoint.error().offset = item.offset;
            return std::unexpected(endpoint.error());
        }
        if (endpoints.size() == channels_max) {
            return std::unexpected(Misfit{.text = fmt::format("more than {} channels; take some out", channels_max),
                                          .offset = item.offset});
        }
        endpoints.push_back(*endpoint);
    }
    return endpoints;
}

/// Whether all bits behind the prefix equal `bit`: the address is that of the network itself, or its broadcast.
bool host_bits_all(const IpPrefix& prefix, unsigned bit) {
    for (std::size_t index = prefix.length; index < prefix.address.size() * 8; ++index) {
        const unsigned byte = prefix.address.bytes.at(index / 8);
        if (((byte >> (7 - (index % 8))) & 1U) != bit) {
            return false;
        }
    }
    return true;
}

Parsed<IpPrefix> read_vip(std::string_view text) {
    const auto prefix = parse_prefix(text);
    if (!prefix) {
        return misfit("{}", prefix.error().text);
    }
    if (const std::string_view reason = unusable_because(prefix->address); !reason.empty()) {
        return misfit("{} {}", to_text(prefix->address), reason);
    }
    if (prefix->address.is_loopback()) {
        return misfit("{} is a loopback address, which no client can reach; write an address of the clients' network",
                      to_text(prefix->address));
    }
    if (prefix->length == 0) {
        return misfit(
            "the prefix length 0 would put the whole internet on the interface; write the length of the network, "
            "as in /24, or none");
    }
    const std::size_t host_bits = (prefix->address.size() * 8) - prefix->length;
    if (host_bits > 1 && host_bits_all(*prefix, 0)) {
        return misfit("{} is the address of the network itself; write an address inside it", text);
    }
    if (host_bits > 1 && prefix->address.is_v4() && host_bits_all(*prefix, 1)) {
        return misfit("{} is the broadcast address of its network; write another address inside it", text);
    }
    return *prefix;
}

/// An endpoint that was never set has no text.
std::string write_endpoint(const Endpoint& endpoint) {
    return endpoint.port == 0 ? std::string() : to_text(endpoint);
}

std::string write_endpoints(const std::vector<Endpoint>& endpoints) {
    std::string text;
    for (const Endpoint& endpoint : endpoints) {
        text += (text.empty() ? "" : ", ") + to_text(endpoint);
    }
    return text;
}

} // namespace

Codec<std::optional<IpAddress>> host_address_codec() {
    return {.read = read_host_address,
            .write = [](const std::optional<IpAddress>& value) { return value ? to_text(*value) : std::string(); }};
}

Codec<Endpoint> endpoint_codec() {
    return {.read = read_endpoint, .write = write_endpoint};
}

Codec<std::variant<Endpoint, std::string>> endpoint_or_path_codec() {
    using Either = std::variant<Endpoint, std::string>;
    auto read = [](std::string_view text) -> Parsed<Either> {
        if (text.starts_with('/')) {
            return Either(std::string(text));
        }
        auto endpoint = read_endpoint(text);
        if (!endpoint) {
            return std::unexpected(std::move(endpoint).error());
        }
        return Either(*endpoint);
    };
    auto write = [](const Either& value) {
        const auto* const path = std::get_if<std::string>(&value);
        return path != nullptr ? *path : write_endpoint(std::get<Endpoint>(value));
    };
    return {.read = read, .write = write};
}

Codec<std::vector<Endpoint>> endpoints_codec() {
    return {.read = read_endpoints, .write = write_endpoints};
}

Codec<IpPrefix> vip_codec() {
    return {.read = read_vip, .write = [](const IpPrefix& value) { return to_text(value); }};
}

} // namespace belay::config
