#include "belay/daemon/status.hpp"

#include "belay/core/quorum.hpp"
#include "belay/daemon/core_setup.hpp"
#include "belay/info/messages.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

namespace {

using nlohmann::json;

json or_null(const std::optional<std::string>& text) {
    return text ? json(*text) : json(nullptr);
}

/// Milliseconds since `then`, or null.
json age_ms(Instant now, const std::optional<Instant>& then) {
    return then ? json(std::max<std::int64_t>(0, to_ms(now - *then))) : json(nullptr);
}

json channels_json(const StatusSource& source, NodeId id) {
    json channels = json::array();
    const auto& peers = source.heartbeat.peers;
    const auto peer = std::ranges::find(peers, id, &heartbeat::PeerReport::id);
    if (peer == peers.end()) {
        return channels;
    }
    for (std::size_t index = 0; index < peer->channels.size(); ++index) {
        const heartbeat::ChannelReport& channel = peer->channels[index];
        channels.push_back({{"index", index},
                            {"local", to_text(channel.own)},
                            {"remote", to_text(channel.peer)},
                            {"up", channel.state == wire::ChannelState::up},
                            {"state", wire::to_text(channel.state)},
                            {"last_heard_ms", age_ms(source.now, channel.last_heard)},
                            {"received", channel.counts.received},
                            {"sent", channel.sent},
                            {"lost", channel.counts.lost},
                            {"rejected", channel.counts.rejected.total()},
                            {"send_failures", channel.send_failures},
                            {"trouble", channel.trouble.empty() ? json(nullptr) : json(channel.trouble)}});
    }
    return channels;
}

const info::PeerReport* info_of(const StatusSource& source, NodeId id) {
    const auto peer = std::ranges::find(source.info.peers, id, &info::PeerReport::id);
    return peer == source.info.peers.end() ? nullptr : &*peer;
}

std::optional<std::string> refusal_of(const info::PeerReport* peer) {
    if (peer != nullptr) {
        for (const std::optional<info::Join>* join : {&peer->dialled, &peer->accepted}) {
            if (*join && ((*join)->verdict == info::Verdict::refused_by_peer ||
                          (*join)->verdict == info::Verdict::refused_by_us)) {
                return (*join)->reason;
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string> problem_of(const StatusSource& source, const core::Peer& peer, bool heard) {
    if (const auto rival = source.rivals.find(peer.id); rival != source.rivals.end()) {
        return rival->second;
    }
    if (const auto refusal = refusal_of(info_of(source, peer.id))) {
        return refusal;
    }
    if (source.election.differs(peer)) {
        return "it has another configuration (timing, nodes, roles, tiebreaker, fence or VIPs)";
    }
    if (heard) {
        return std::nullopt;
    }
    if (!peer.ever_heard) {
        return "nothing was ever heard of it";
    }
    return peer.said.leaving ? "it was stopped" : "nothing is heard of it";
}

/// What the service of that node answers here, with `query_peers`; null without.
json queried_json(const StatusSource& source, NodeId node) {
    const auto found = std::ranges::find(source.peer_health, node, &lifecheck::PeerHealth::node);
    if (found == source.peer_health.end()) {
        return nullptr;
    }
    return {{"healthy", found->healthy}, {"detail", found->detail}};
}

json peer_json(const StatusSource& source, const config::Node& node, const core::Peer& peer) {
    const bool heard = core::heard_within(peer, source.now, source.settings.cluster.lease);
    const info::PeerReport* const info = info_of(source, node.id);
    json card(nullptr);
    if (info != nullptr && info->card) {
        card = info::to_json(*info->card);
    }
    return {{"name", node.name},
            {"self", false},
            {"kind", node.kind == config::NodeKind::witness ? "witness" : "member"},
            {"role", core::to_text(peer.role)},
            {"reason", peer.said.reason.words.view()},
            {"eligible", heard && peer.said.eligible},
            {"priority", peer.ever_heard ? core::configured_priority(peer.said.priority) : node.priority},
            {"near_primary", core::is_near_primary(peer.said.priority)},
            {"last_heard_ms", age_ms(source.now, peer.ever_heard ? std::optional(peer.heard_at) : std::nullopt)},
            {"incarnation", peer.incarnation.known() ? json(to_text(peer.incarnation)) : json(nullptr)},
            {"problem", or_null(problem_of(source, peer, heard))},
            {"channels", channels_json(source, node.id)},
            {"info",
             {{"address", to_text(node.info)},
              {"connected", info != nullptr && info->joined},
              {"refusal", or_null(refusal_of(info))}}},
            {"queried", queried_json(source, node.id)},
            {"card", card}};
}

json self_json(const StatusSource& source, const config::Node& node) {
    const auto obstacle = source.election.obstacle(source.now);
    json channels = json::array();
    for (std::size_t index = 0; index < node.heartbeat.size(); ++index) {
        channels.push_back({{"index", index}, {"local", to_text(node.heartbeat[index])}});
    }
    return {
        {"name", node.name},
        {"self", true},
        {"kind", node.kind == config::NodeKind::witness ? "witness" : "member"},
        {"role", core::to_text(source.election.role())},
        {"reason", source.election.reason().words.view()},
        {"eligible", !obstacle},
        {"priority", node.priority},
        {"near_primary", core::is_near_primary(source.election.setup().parameters.priority)},
        {"last_heard_ms", nullptr},
        {"incarnation", to_text(source.election.setup().incarnation)},
        {"problem", obstacle && source.election.role() != core::Role::joining ? json(obstacle->words) : json(nullptr)},
        {"channels", channels},
        {"info", {{"address", to_text(node.info)}, {"connected", true}, {"refusal", nullptr}}},
        {"queried", nullptr},
        {"card", nullptr}};
}

json node_list(const StatusSource& source) {
    json nodes = json::array();
    for (const config::Node& node : source.settings.nodes) {
        if (node.id == source.election.setup().self) {
            nodes.push_back(self_json(source, node));
        } else if (const core::Peer* const peer = source.election.peers().find(node.id)) {
            nodes.push_back(peer_json(source, node, *peer));
        }
    }
    return nodes;
}

json conflict_json(const VipState& vip, Instant now) {
    if (!vip.conflict) {
        return nullptr;
    }
    return {{"kind", vip.conflict->kind == vip::Conflict::Kind::taken ? "taken" : "claimed"},
            {"mac", to_text(vip.conflict->mac)},
            {"interface", vip.interface},
            {"last_heard_ms", age_ms(now, vip.conflict->heard_at)}};
}

json vip_list(const StatusSource& source) {
    json vips = json::array();
    for (const VipState& vip : source.vips) {
        vips.push_back({{"name", vip.name},
                        {"address", to_text(vip.prefix)},
                        {"interface", vip.interface},
                        {"present", vip.present},
                        {"problem", or_null(vip.problem)},
                        {"conflict", conflict_json(vip, source.now)}});
    }
    return vips;
}

/// What no other part of the status tells.
json warnings_json(const StatusSource& source) {
    json warnings = json::array();
    if (!source.info.listening && !source.info.listen_problem.empty()) {
        warnings.push_back(source.info.listen_problem);
    }
    return warnings;
}

json counters_json(const StatusSource& source) {
    json counters(source.counters);
    for (std::size_t number = 0; number < wire::reject_count; ++number) {
        const auto reason = static_cast<wire::Reject>(number);
        std::uint64_t count = source.heartbeat.strangers.of(reason);
        for (const heartbeat::PeerReport& peer : source.heartbeat.peers) {
            for (const heartbeat::ChannelReport& channel : peer.channels) {
                count += channel.counts.rejected.of(reason);
            }
        }
        counters[fmt::format("heartbeat_rejected_{}", wire::to_text(reason))] = count;
    }
    const info::Counters& info = source.info.counters;
    counters["info_connections_accepted"] = info.connections_accepted;
    counters["info_connections_over_limit"] = info.connections_over_limit;
    counters["info_handshakes_timed_out"] = info.handshakes_timed_out;
    counters["info_handshakes_wrong_key"] = info.handshakes_wrong_key;
    counters["info_handshakes_not_tls"] = info.handshakes_not_tls;
    counters["info_joins_refused_by_us"] = info.joins_refused_by_us;
    counters["info_joins_refused_by_peer"] = info.joins_refused_by_peer;
    counters["info_timed_out"] = info.timed_out;
    counters["info_frames_too_long"] = info.frames_too_long;
    counters["info_messages_bad"] = info.messages_bad;
    return counters;
}

json maintenance_json(const StatusSource& source) {
    const core::Maintenance& maintenance = source.election.maintenance();
    const bool on = maintenance.on && (!maintenance.until || source.now < *maintenance.until);
    return {{"on", on},
            {"remaining_ms", on && maintenance.until ? json(to_ms(*maintenance.until - source.now)) : json(nullptr)}};
}

/// `armed_ms`: how long the kernel goes on to let packets pass if nobody arms it again; null: closed.
json fence_json(const StatusSource& source) {
    const FenceState& fence = source.fence;
    const bool open = fence.armed_until && *fence.armed_until > source.now;
    return {{"kind", config::word_of(fence.kind)},
            {"armed_ms", open ? json(to_ms(*fence.armed_until - source.now)) : json(nullptr)},
            {"guards_packet_sockets", fence.guards_egress},
            {"lost", fence.lost_count}};
}

/// The third vote of two nodes; null without one.
json tiebreaker_json(const StatusSource& source) {
    const auto& gateway = source.settings.cluster.upstream;
    if (!gateway) {
        return nullptr;
    }
    return {{"upstream", to_text(*gateway)}, {"reachable", source.election.gateway_reachable(source.now)}};
}

json role_event(const core::PastChange& past, const config::Settings& settings) {
    return {{"time", utc_text(past.unix_time)},
            {"node", settings.name_of(past.change.node)},
            {"from", core::to_text(past.change.from)},
            {"to", core::to_text(past.change.to)},
            {"term", past.change.term},
            {"why", core::to_text(past.change.reason.why)},
            {"reason", past.change.reason.words.view()}};
}

json conflict_event(const ConflictEvent& event, const std::string& node) {
    return {{"time", utc_text(event.unix_time)}, {"node", node},
            {"event", event_of(event.kind)},     {"vip", event.vip},
            {"address", to_text(event.prefix)},  {"interface", event.interface},
            {"mac", to_text(event.mac)},         {"reason", describe(event)}};
}

json fence_event(const FenceEvent& event, const std::string& node) {
    return {
        {"time", utc_text(event.unix_time)}, {"node", node}, {"event", event_of(event.kind)}, {"reason", event.reason}};
}

json database_event(const DatabaseEvent& event, const config::Settings& settings) {
    return {{"time", utc_text(event.unix_time)}, {"node", settings.name_of(event.by)},
            {"event", event_of(event.kind)},     {"id", event.id},
            {"version", to_text(event.version)}, {"reason", event.reason}};
}

} // namespace

json nodes_json(const StatusSource& source) {
    return {{"nodes", node_list(source)}};
}

json vips_json(const StatusSource& source) {
    return {{"vips", vip_list(source)}};
}

json status_json(const StatusSource& source) {
    const core::Election& election = source.election;
    const auto holder = election.holder(source.now);
    const auto obstacle = election.obstacle(source.now);
    const auto& lease = election.lease();
    const std::size_t count = source.settings.nodes.size();
    const auto waits_for = election.waits_for(source.now);
    return {{"node", source.settings.name_of(election.setup().self)},
            {"cluster", source.settings.cluster.name},
            {"version", BELAY_VERSION},
            {"role", core::to_text(election.role())},
            {"reason", election.reason().words.view()},
            {"why", core::to_text(election.reason().why)},
            {"role_since_ms", to_ms(source.now - election.role_since())},
            {"term", election.holder_term(source.now)},
            {"holder", holder ? json(source.settings.name_of(*holder)) : json(nullptr)},
            {"lease_remaining_ms",
             lease ? json(std::max<std::int64_t>(0, to_ms(lease->until() - source.now))) : json(nullptr)},
            {"eligible", !obstacle},
            {"ineligible_reason", obstacle ? json(obstacle->words) : json(nullptr)},
            {"maintenance", maintenance_json(source)},
            {"quorum", {{"needed", core::majority(count)}, {"heard", election.heard_count(source.now)}, {"of", count}}},
            {"tiebreaker", tiebreaker_json(source)},
            {"waits_for", waits_for ? json(*waits_for) : json(nullptr)},
            {"nodes", node_list(source)},
            {"vips", vip_list(source)},
            {"service",
             {{"type", word_of(service_of(source.settings, election.setup().self).kind)},
              {"healthy", source.health && source.health->healthy},
              {"detail", source.health ? source.health->detail : "it was not checked yet"}}},
            {"fence", fence_json(source)},
            {"warnings", warnings_json(source)},
            {"counters", counters_json(source)}};
}

json events_json(const EventSource& source, std::size_t count) {
    const std::string self = source.settings.name_of(source.self);
    std::vector<std::pair<Duration, json>> all;
    all.reserve(source.changes.size() + source.conflicts.size() + source.fence.size() + source.databases.size());
    for (const core::PastChange& past : source.changes) {
        all.emplace_back(past.unix_time, role_event(past, source.settings));
    }
    for (const ConflictEvent& event : source.conflicts) {
        all.emplace_back(event.unix_time, conflict_event(event, self));
    }
    for (const FenceEvent& event : source.fence) {
        all.emplace_back(event.unix_time, fence_event(event, self));
    }
    for (const DatabaseEvent& event : source.databases) {
        all.emplace_back(event.unix_time, database_event(event, source.settings));
    }
    std::ranges::stable_sort(all, {}, &std::pair<Duration, json>::first);
    json events = json::array();
    for (std::size_t index = all.size() - std::min(count, all.size()); index < all.size(); ++index) {
        events.push_back(std::move(all[index].second));
    }
    return {{"events", std::move(events)}};
}

std::string utc_text(Duration unix_time) {
    const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(unix_time).count();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%FT%T", &parts);
    return fmt::format("{}.{:03}Z", std::string_view(text.data(), size), to_ms(unix_time) % 1000);
}

} // namespace belay::daemon
