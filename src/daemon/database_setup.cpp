#include "belay/daemon/database_setup.hpp"

#include <algorithm>

namespace belay::daemon {

namespace {

databases::Consensus consensus_of(config::Consensus consensus) {
    switch (consensus) {
    case config::Consensus::half:
        return databases::Consensus::half;
    case config::Consensus::majority:
        return databases::Consensus::majority;
    case config::Consensus::none:
        break;
    }
    return databases::Consensus::none;
}

bool has_address(const config::Node& node, const std::string& address) {
    return to_text(node.info.address) == address ||
           (node.service.port != 0 && to_text(node.service.address) == address) ||
           std::ranges::any_of(node.heartbeat,
                               [&](const Endpoint& channel) { return to_text(channel.address) == address; });
}

} // namespace

databases::Rules database_rules(const config::Pgpool& pgpool) {
    return {.quorum_required = pgpool.failover_when_quorum_exists,
            .consensus = consensus_of(pgpool.failover_consensus),
            .consensus_timeout = pgpool.consensus_timeout};
}

databases::Setup database_setup(const config::Settings& settings, NodeId self) {
    databases::Setup setup{
        .self = self, .nodes = {}, .members = {}, .rules = database_rules(settings.pgpool.value_or(config::Pgpool{}))};
    for (const config::Node& node : settings.nodes) {
        setup.nodes.push_back(node.id);
        if (node.kind != config::NodeKind::witness) {
            setup.members.push_back(node.id);
        }
    }
    return setup;
}

bool is_near_primary(const config::Settings& settings, NodeId self, const databases::Table& table) {
    const config::Node* const node = settings.find_node(self);
    if (node == nullptr || !table.primary) {
        return false;
    }
    if (node->database) {
        return *node->database == *table.primary;
    }
    const databases::Entry* const entry = table.find(*table.primary);
    return entry != nullptr && has_address(*node, entry->host);
}

} // namespace belay::daemon
