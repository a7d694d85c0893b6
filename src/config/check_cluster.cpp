// Whether the times of [cluster] leave a holder any time to serve, and whether the means against two holders fit each
// other.

#include "checks.hpp"

#include <algorithm>

namespace belay::config {

namespace {

using belay::to_text; // of a Duration, which argument-dependent lookup does not find

constexpr std::int64_t heartbeats_per_lease_min = 4; // one may be lost, one may be late, and one brings the answer
constexpr std::int64_t heartbeats_of_use_min = 2;    // between the renewal and the end of what it gave
constexpr std::int64_t ppm_of_one = 1'000'000;

Duration rounded_up_to_ms(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

void check_lease(const DraftSection& section, const Cluster& cluster, Report& report) {
    const Duration lease_min = heartbeats_per_lease_min * cluster.heartbeat_interval;
    const Position at = section.at(section.has("lease") ? "lease" : "heartbeat_interval");
    if (cluster.lease < lease_min) {
        report.error(at,
                     "lease: {} is shorter than {} heartbeat intervals of {}; use {} or more, or a shorter "
                     "heartbeat_interval",
                     to_text(cluster.lease), heartbeats_per_lease_min, to_text(cluster.heartbeat_interval),
                     to_text(lease_min));
        return;
    }
    if (!section.good("clock_drift") || !section.good("fence_slack")) {
        return;
    }
    // DESIGN section 3.3: a lease runs to t + L (1 - D) - S.
    const std::int64_t sure_ppm = ppm_of_one - cluster.clock_drift_ppm;
    const Duration usable = (cluster.lease * sure_ppm / ppm_of_one) - cluster.fence_slack;
    const Duration usable_min = heartbeats_of_use_min * cluster.heartbeat_interval;
    if (usable < usable_min) {
        const Duration enough = (usable_min + cluster.fence_slack) * ppm_of_one / sure_ppm;
        report.error(at,
                     "lease: of {}, clock_drift and fence_slack leave less than {} heartbeat intervals of {} to serve; "
                     "use {} or more",
                     to_text(cluster.lease), heartbeats_of_use_min, to_text(cluster.heartbeat_interval),
                     to_text(std::max(lease_min, rounded_up_to_ms(enough))));
    }
}

/// The tiebreaker and its gateway come together, and break ties of two nodes only.
void check_tiebreaker(const DraftSection& section, const Cluster& cluster, std::size_t nodes, bool has_ipv4_vip,
                      Report& report) {
    const bool asks = cluster.tiebreaker == Tiebreaker::upstream;
    if (asks && !section.has("upstream")) {
        report.error(section.at("tiebreaker"), "tiebreaker: upstream needs 'upstream', the address of the gateway; add "
                                               "a line such as 'upstream = 10.77.0.254'");
    }
    if (!asks && section.has("upstream")) {
        report.warning(section.keys.at("upstream").entry->key_at,
                       "'upstream' means nothing without 'tiebreaker = upstream'; take the line out or add that one");
    }
    if (asks && !has_ipv4_vip) {
        report.error(section.at("tiebreaker"),
                     "tiebreaker: upstream needs an IPv4 VIP: whether somebody holds the VIPs is asked by ARP");
    }
    if (asks && nodes > 2) {
        report.error(section.at("tiebreaker"),
                     "tiebreaker: {} nodes have a majority without it; write 'tiebreaker = none'", nodes);
    }
}

/// True also where a VIP cannot be read.
bool has_ipv4_vip(const Draft& draft) {
    const auto vips = draft.of(SectionKind::vip);
    return vips.empty() || std::ranges::any_of(vips, [](const DraftSection* vip) {
               return !vip->good("address") || std::get<Vip>(vip->record).address.address.is_v4();
           });
}

/// A gateway that is one of us says nothing about the network.
void check_upstream(const DraftSection& section, const IpAddress& upstream, const Draft& draft, Report& report) {
    const auto refuse = [&](const DraftSection& other) {
        report.error(section.at("upstream"),
                     "upstream: {} belongs to {} (line {}); write the address of a gateway that all nodes share",
                     to_text(upstream), other.title(), other.source->at.line);
    };
    for (const DraftSection* const node : draft.of(SectionKind::node)) {
        const auto& record = std::get<Node>(node->record);
        const auto has_it = [&upstream](const Endpoint& endpoint) { return endpoint.address == upstream; };
        if (std::ranges::any_of(record.heartbeat, has_it) || has_it(record.info)) {
            refuse(*node);
        }
    }
    for (const DraftSection* const vip : draft.of(SectionKind::vip)) {
        if (vip->good("address") && std::get<Vip>(vip->record).address.address == upstream) {
            refuse(*vip);
        }
    }
}

} // namespace

void check_cluster(const Draft& draft, Report& report) {
    for (const DraftSection* const section : draft.of(SectionKind::cluster)) {
        const auto& cluster = std::get<Cluster>(section->record);
        if (section->good("lease") && section->good("heartbeat_interval")) {
            check_lease(*section, cluster, report);
        }
        if (section->good("fence") && cluster.fence == FenceKind::off) {
            report.warning(section->at("fence"),
                           "fence: off: the kernel does not silence a daemon that hangs while active, so two nodes may "
                           "serve a VIP at once; write 'fence = auto' unless that is acceptable");
        }
        if (section->good("tiebreaker")) {
            check_tiebreaker(*section, cluster, draft.of(SectionKind::node).size(), has_ipv4_vip(draft), report);
        }
        if (cluster.upstream && section->good("upstream")) {
            check_upstream(*section, *cluster.upstream, draft, report);
        }
    }
}

} // namespace belay::config
