// The nodes as a set: how many, who may hold, who could be taken for another, and whether their channels fit.

#include "checks.hpp"

#include <algorithm>
#include <map>

namespace belay::config {

namespace {

constexpr std::size_t nodes_min = 2;
constexpr std::size_t nodes_max = 15; // DESIGN section 9

using Nodes = std::vector<const DraftSection*>;

const Node& node_of(const DraftSection* section) {
    return std::get<Node>(section->record);
}

/// Ids are hashes of names; two names of one id would be one voter with two votes.
void check_ids(const Nodes& nodes, Report& report) {
    std::map<NodeId, const DraftSection*> first_of_id;
    for (const DraftSection* const node : nodes) {
        const auto [first, is_first] = first_of_id.try_emplace(node_of(node).id, node);
        if (!is_first) {
            report.error(node->source->name_at,
                         "the name of {} has the same hash as that of {} (line {}); use another name", node->title(),
                         first->second->title(), first->second->source->at.line);
        }
    }
}

void check_roles(const Nodes& nodes, Report& report) {
    const auto is_member = [](const DraftSection* node) {
        return !node->good("role") || node_of(node).kind == NodeKind::member;
    };
    for (const DraftSection* const node : nodes) {
        if (!is_member(node) && node->has("priority")) {
            report.warning(node->at("priority"), "priority: {} is a witness and never a candidate; take the line out",
                           node->title());
        }
    }
    const auto members = std::ranges::count_if(nodes, is_member);
    if (members == 0 && !nodes.empty()) {
        report.error(nodes.front()->at("role"),
                     "role: every node is a witness, so nobody can hold a VIP; make one a member");
    } else if (members == 1 && nodes.size() >= nodes_min) {
        report.warning((*std::ranges::find_if(nodes, is_member))->source->at,
                       "only one node is a member: no other one can take over from it");
    }
}

/// The n-th channels of all nodes form channel n: every node needs as many, in the same address families.
void check_channels(const Nodes& nodes, Report& report) {
    const auto is_good = [](const DraftSection* node) { return node->good("heartbeat"); };
    const auto first = std::ranges::find_if(nodes, is_good);
    for (auto each = first; each != nodes.end(); ++each) {
        if (!is_good(*each)) {
            continue;
        }
        const auto& model = node_of(*first).heartbeat;
        const auto& channels = node_of(*each).heartbeat;
        if (channels.size() != model.size()) {
            report.error(
                (*each)->at("heartbeat"),
                "heartbeat: channel count {}, but {} in {} (line {}); give every node the same number of channels",
                channels.size(), model.size(), (*first)->title(), (*first)->at("heartbeat").line);
        }
        for (std::size_t index = 0; index < std::min(channels.size(), model.size()); ++index) {
            if (channels[index].address.family != model[index].address.family) {
                report.error((*each)->at("heartbeat", index),
                             "heartbeat: channel {} is {}, but {} in {} (line {}); one channel has one address family",
                             index + 1, channels[index].address.is_v4() ? "IPv4" : "IPv6",
                             model[index].address.is_v4() ? "IPv4" : "IPv6", (*first)->title(),
                             (*first)->at("heartbeat").line);
            }
        }
    }
}

/// Whether something else than a node has a vote; true also where that cannot be read.
bool has_tiebreaker(const Draft& draft) {
    return std::ranges::any_of(draft.of(SectionKind::cluster), [](const DraftSection* cluster) {
        return !cluster->good("tiebreaker") || std::get<Cluster>(cluster->record).tiebreaker != Tiebreaker::none;
    });
}

} // namespace

void check_presence(const Draft& draft, Report& report) {
    if (draft.of(SectionKind::cluster).empty()) {
        report.error(draft.end, "there is no [cluster] section; it needs at least name and key_file");
    }
    const Nodes nodes = draft.of(SectionKind::node);
    if (nodes.size() < nodes_min) {
        report.error(nodes.empty() ? draft.end : nodes.back()->source->at,
                     "found {} [node NAME] section{}; write one for each host, at least {}", nodes.size(),
                     nodes.size() == 1 ? "" : "s", nodes_min);
    }
    if (nodes.size() > nodes_max) {
        report.error(nodes[nodes_max]->source->at, "found {} [node NAME] sections; a cluster has at most {} nodes",
                     nodes.size(), nodes_max);
    }
    if (draft.of(SectionKind::vip).empty()) {
        report.error(draft.end, "there is no [vip NAME] section; write one for each virtual address");
    }
}

void check_nodes(const Draft& draft, Report& report) {
    const Nodes nodes = draft.of(SectionKind::node);
    check_ids(nodes, report);
    check_roles(nodes, report);
    check_channels(nodes, report);
    if (nodes.size() == 2 && !has_tiebreaker(draft)) {
        report.warning(nodes.back()->source->at,
                       "two nodes without a third vote: when the host of the active is lost, the VIPs wait for an "
                       "operator (belay takeover); add a third node (role = witness will do) or 'tiebreaker = "
                       "upstream'");
    }
}

} // namespace belay::config
