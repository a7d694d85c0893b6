#include "belay/daemon/core_setup.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <fmt/format.h>

namespace belay::daemon {

namespace {

ClusterKeys clone(const ClusterKeys& keys) {
    ClusterKeys copy;
    for (const SecretBytes& key : keys) {
        copy.push_back(key.clone());
    }
    return copy;
}

/// The first 64 bits of the hex text.
std::uint64_t vip_digest_number(const config::Settings& settings) {
    const std::string text = config::vip_digest(settings);
    constexpr std::size_t digits = 16;
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + std::min(text.size(), digits), number, 16);
    return number;
}

} // namespace

core::Setup core_setup(const config::Settings& settings, const Run& run) {
    core::Setup setup;
    setup.self = run.self;
    setup.incarnation = run.incarnation;
    for (const config::Node& node : settings.nodes) {
        setup.nodes.push_back({.id = node.id, .name = node.name, .witness = node.kind == config::NodeKind::witness});
    }
    const core::Adjusted live = adjusted(settings, run.self, false);
    setup.parameters = {.lease = settings.cluster.lease,
                        .promise = config::promise_span(settings.cluster, run.fence),
                        .heartbeat_interval = settings.cluster.heartbeat_interval,
                        .clock_drift_ppm = settings.cluster.clock_drift_ppm,
                        .fence_slack = settings.cluster.fence_slack,
                        .preempt = live.preempt,
                        .preempt_delay = live.preempt_delay,
                        .preempt_margin = live.preempt_margin,
                        .priority = live.priority};
    setup.upstream = settings.cluster.tiebreaker == config::Tiebreaker::upstream;
    setup.started_unix_ns = run.started_unix_ns;
    setup.config_digest = config::digest(settings, run.fence);
    setup.abstention = run.abstention;
    setup.seed = run.seed;
    return setup;
}

core::Adjusted adjusted(const config::Settings& settings, NodeId self, bool near_primary) {
    const config::Node* const node = settings.find_node(self);
    assert(node != nullptr);
    const bool prefers = settings.pgpool && settings.pgpool->prefer_primary;
    return {.preempt = settings.cluster.preempt || prefers,
            .preempt_delay = settings.cluster.preempt_delay,
            .preempt_margin = settings.cluster.preempt ? 1 : core::near_primary_bonus / 2,
            .priority = node->priority + (prefers && near_primary ? core::near_primary_bonus : 0)};
}

heartbeat::Setup heartbeat_setup(const config::Settings& settings, const Run& run, const ClusterKeys& keys) {
    heartbeat::Setup setup;
    setup.cluster_name = settings.cluster.name;
    setup.self = run.self;
    setup.incarnation = run.incarnation;
    setup.keys = clone(keys);
    setup.heartbeat_interval = settings.cluster.heartbeat_interval;
    setup.lease = settings.cluster.lease;
    for (const config::Node& node : settings.nodes) {
        if (node.id == run.self) {
            setup.channels = node.heartbeat;
        } else {
            setup.peers.push_back({.id = node.id, .name = node.name, .channels = node.heartbeat});
        }
    }
    return setup;
}

info::Setup info_setup(const config::Settings& settings, const Run& run, const ClusterKeys& keys) {
    info::Setup setup;
    setup.cluster_name = settings.cluster.name;
    setup.self = run.self;
    setup.keys = clone(keys);
    setup.own.vip_digest = vip_digest_number(settings);
    setup.own.config_digest = config::digest(settings, run.fence);
    setup.own.fence = config::word_of(run.fence);
    for (const config::Node& node : settings.nodes) {
        if (node.id != run.self) {
            setup.peers.push_back({.id = node.id, .name = node.name, .info = node.info});
            continue;
        }
        setup.node_name = node.name;
        setup.listen = node.info;
        info::NodeCard& card = setup.own.card;
        card.name = node.name;
        card.incarnation = to_text(run.incarnation);
        card.version = BELAY_VERSION;
        card.service = describe(service_of(settings, run.self));
        card.started_unix_ns = run.started_unix_ns;
        for (const Endpoint& channel : node.heartbeat) {
            card.addresses.push_back(to_text(channel.address));
        }
    }
    return setup;
}

config::Service service_of(const config::Settings& settings, NodeId self) {
    const config::Node* const node = settings.find_node(self);
    assert(node != nullptr);
    return node->kind == config::NodeKind::witness ? config::Service{} : settings.service;
}

lifecheck::Setup lifecheck_setup(const config::Settings& settings, NodeId self) {
    lifecheck::Setup setup{.service = service_of(settings, self), .peers = {}, .pgpool = {}};
    for (const config::Node& node : settings.nodes) {
        if (node.id != self && node.service.port != 0) {
            setup.peers.push_back({.node = node.id, .name = node.name, .address = node.service});
        }
    }
    if (settings.find_node(self)->kind == config::NodeKind::member) {
        setup.pgpool = settings.pgpool;
    }
    return setup;
}

std::vector<vip::Vip> vips_of(const config::Settings& settings) {
    std::vector<vip::Vip> vips;
    vips.reserve(settings.vips.size());
    for (const config::Vip& vip : settings.vips) {
        vips.push_back({.name = vip.name, .prefix = vip.address, .interface = vip.interface});
    }
    return vips;
}

vip::Pace pace_of(const config::Announce& announce) {
    const bool defends = announce.conflict == config::ConflictPolicy::defend;
    const vip::Pace usual;
    return {.burst = announce.burst,
            .burst_interval = announce.burst_interval,
            .refresh_interval = announce.refresh_interval,
            .packets_per_second_max = announce.packets_per_second_max,
            .defence_burst = defends ? announce.burst : usual.defence_burst,
            .defence_interval = defends ? Duration(std::chrono::seconds(1)) : usual.defence_interval};
}

ClaimPolicy claim_policy_of(const config::Announce& announce) {
    return {.pace = pace_of(announce),
            .probe = {.count = announce.probe_count, .interval = announce.probe_interval},
            .defends = announce.conflict == config::ConflictPolicy::defend};
}

std::string_view word_of(config::ServiceKind kind) noexcept {
    switch (kind) {
    case config::ServiceKind::none:
        return "none";
    case config::ServiceKind::process:
        return "process";
    case config::ServiceKind::tcp:
        return "tcp";
    case config::ServiceKind::postgres:
        return "postgres";
    case config::ServiceKind::pgpool:
        return "pgpool";
    }
    return "unknown";
}

std::string describe(const config::Service& service) {
    switch (service.kind) {
    case config::ServiceKind::process:
        return fmt::format("process of {}", service.pid_file);
    case config::ServiceKind::tcp:
        return fmt::format("tcp {}", to_text(service.address));
    default:
        return std::string(word_of(service.kind));
    }
}

} // namespace belay::daemon
