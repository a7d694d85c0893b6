#include "belay/config/settings.hpp"

#include "belay/vip/lifetime.hpp"

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

Duration promise_span(const Cluster& cluster, FenceKind fence) noexcept {
    return fence == FenceKind::address ? vip::address_promise(cluster.lease, cluster.clock_drift_ppm) : cluster.lease;
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
