// `query_peers` in the watchdog thread: what the other nodes' services answer here is told to those nodes, and what
// theirs say of this node's service counts for its eligibility where the configuration says so.

#include "belay/base/log.hpp"
#include "belay/daemon/watchdog.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

using nlohmann::json;

namespace {

constexpr Duration told_answer_max = std::chrono::seconds(5);

} // namespace

void Watchdog::take_peer_health(std::vector<lifecheck::PeerHealth> peers) {
    for (const lifecheck::PeerHealth& peer : peers) {
        const auto before = std::ranges::find(peer_health_, peer.node, &lifecheck::PeerHealth::node);
        if (before == peer_health_.end() || before->healthy != peer.healthy) {
            (peer.healthy ? log::notice : log::warning)(
                "peer_service", {{"node", peer.name}, {"healthy", peer.healthy}, {"detail", peer.detail}});
            told_queried_.erase(peer.node);
        }
    }
    peer_health_ = std::move(peers);
    tell_queried();
}

/// Each node is told about itself, when it changes and after each new session.
void Watchdog::tell_queried() {
    for (const info::PeerReport& peer : info_report_.peers) {
        const auto known = std::ranges::find(peer_health_, peer.id, &lifecheck::PeerHealth::node);
        if (!peer.joined) {
            told_queried_.erase(peer.id);
            if (queried_by_.erase(peer.id) > 0) {
                judge_service();
            }
        } else if (known != peer_health_.end() && told_queried_.insert(peer.id).second) {
            info_->ask(peer.id, {{"command", "queried"}, {"healthy", known->healthy}}, told_answer_max,
                       [](const Result<json>& /*answered*/) {});
        }
    }
}

void Watchdog::hear_queried(NodeId peer, const json& request, const info::Reply& reply) {
    const auto healthy = request.find("healthy");
    if (healthy == request.end() || !healthy->is_boolean()) {
        reply({{"error", "'healthy' is missing"}});
        return;
    }
    reply({{"taken", true}});
    queried_by_[peer] = healthy->get<bool>();
    judge_service();
}

std::string Watchdog::query_obstacle() const {
    const config::Settings& settings = prepared_.settings;
    if (settings.service.query_peers != config::PeerQueries::count ||
        !nobody_can_query(queried_by_, settings.nodes.size())) {
        return {};
    }
    return fmt::format("none of the {} other nodes that tried can query its service", queried_by_.size());
}

} // namespace belay::daemon
