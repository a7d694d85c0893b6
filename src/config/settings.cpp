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

} // namespace belay::config
