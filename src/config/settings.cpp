#include "belay/config/settings.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::config {

const Node* Settings::find_node(std::string_view name) const noexcept {
    const auto node = std::ranges::find(nodes, name, &Node::name);
    return node == nodes.end() ? nullptr : &*node;
}

const Node* Settings::find_node(NodeId id) const noexcept {
    const auto node = std::ranges::find(nodes, id, &Node::id);
    return node == nodes.end() ? nullptr : &*node;
}

std::string Settings::name_of(NodeId id) const {
    const Node* const node = find_node(id);
    return node == nullptr ? fmt::format("{:016x}", id.value) : node->name;
}

FenceKind resolved_fence(FenceKind configured, bool nftables_works) noexcept {
    if (configured != FenceKind::automatic) {
        return configured;
    }
    return nftables_works ? FenceKind::nftables : FenceKind::address;
}

std::chrono::seconds address_lifetime(const Cluster& cluster) noexcept {
    return std::chrono::ceil<std::chrono::seconds>(cluster.lease);
}

Duration promise_span(const Cluster& cluster, FenceKind fence) noexcept {
    // Seen: an address of 1 s is gone after 1.0 to 1.4 s, never early (DESIGN section 4.3).
    constexpr Duration kernel_late_max = std::chrono::milliseconds(1500);
    return fence == FenceKind::address ? address_lifetime(cluster) + kernel_late_max : cluster.lease;
}

std::string_view word_of(FenceKind fence) noexcept {
    switch (fence) {
    case FenceKind::automatic:
        return "auto";
    case FenceKind::nftables:
        return "nftables";
    case FenceKind::address:
        return "address";
    case FenceKind::off:
        return "off";
    }
    return "unknown";
}

} // namespace belay::config
