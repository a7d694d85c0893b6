// The table itself: one row a key, bound to its field in settings.hpp, which also holds the default. What guards a
// service is in schema_service.cpp.

#include "belay/config/schema.hpp"

#include "key_rule.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace belay::config {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<KeyRule> cluster_keys() {
    const auto tiebreaker = word_codec<Tiebreaker>(
        {{.text = "none", .value = Tiebreaker::none}, {.text = "upstream", .value = Tiebreaker::upstream}});
    const auto fence = word_codec<FenceKind>({{.text = "auto", .value = FenceKind::automatic},
                                              {.text = "nftables", .value = FenceKind::nftables},
                                              {.text = "address", .value = FenceKind::address},
                                              {.text = "off", .value = FenceKind::off}});
    return {
        key("name", &Cluster::name, name_codec(),
            {.meaning = "a node of another cluster is refused", .example = "pgha", .need = Need::required}),
        key("key_file", &Cluster::key_file, path_codec(),
            {.meaning = "the secret that the nodes share; made by belay keygen",
             .example = "/etc/belay/cluster.key",
             .need = Need::required,
             .live = true}),
        key("heartbeat_interval", &Cluster::heartbeat_interval, duration_codec(milliseconds(5), seconds(10)),
            {.meaning = "time between two heartbeats to each node"}),
        key("lease", &Cluster::lease, duration_codec(milliseconds(20), minutes(1)),
            {.meaning = "how long the active may serve after a majority last agreed"}),
        key("clock_drift", &Cluster::clock_drift_ppm, percent_codec(200'000),
            {.meaning = "most by which the clock rates of two hosts differ"}),
        key("fence_slack", &Cluster::fence_slack, duration_codec(milliseconds(0), seconds(10)),
            {.meaning = "most by which a timer of the kernel may be late"}),
        key("tiebreaker", &Cluster::tiebreaker, tiebreaker, {.meaning = "the missing vote of two nodes"}),
        key("upstream", &Cluster::upstream, host_address_codec(),
            {.meaning = "the gateway that a tiebreaker of that name asks",
             .example = "10.77.0.254",
             .need = Need::by_other_key}),
        key("fence", &Cluster::fence, fence, {.meaning = "how the kernel silences a holder whose lease ran out"}),
        key("preempt", &Cluster::preempt, yes_no_codec(),
            {.meaning = "whether a node of higher priority takes over from a healthy active", .live = true}),
        key("preempt_delay", &Cluster::preempt_delay, duration_codec(milliseconds(0), hours(1)),
            {.meaning = "how long it must have been eligible before", .live = true}),
    };
}

std::vector<KeyRule> node_keys() {
    const auto role = word_codec<NodeKind>(
        {{.text = "member", .value = NodeKind::member}, {.text = "witness", .value = NodeKind::witness}});
    return {
        key("heartbeat", &Node::heartbeat, endpoints_codec(),
            {.meaning = "UDP addresses, one for each channel",
             .example = "10.77.0.1:7940, 10.78.0.1:7940",
             .need = Need::required}),
        key("info", &Node::info, endpoint_codec(),
            {.meaning = "TCP address of the info channel", .example = "10.77.0.1:7941", .need = Need::required}),
        key("priority", &Node::priority, number_codec(0, 1'000'000),
            {.meaning = "the eligible node with the highest one goes first", .live = true}),
        key("role", &Node::kind, role, {.meaning = "member may hold the VIPs, witness only votes"}),
        key("service", &Node::service, endpoint_codec(),
            {.meaning = "where the other nodes ask its service", .example = "10.77.0.1:9999", .need = Need::unset}),
        key("database", &Node::database, optional_count_codec(0, 127),
            {.meaning = "pgpool-II's id of the PostgreSQL on this host", .example = "0", .need = Need::unset}),
    };
}

std::vector<KeyRule> vip_keys() {
    return {
        key("address", &Vip::address, vip_codec(),
            {.meaning = "IPv4 or IPv6 address with its prefix length",
             .example = "10.77.0.100/24",
             .need = Need::required}),
        key("interface", &Vip::interface, interface_codec(),
            {.meaning = "where it is put, on every member", .example = "eth0", .need = Need::required}),
    };
}

std::vector<KeyRule> announce_keys() {
    const auto conflict = word_codec<ConflictPolicy>(
        {{.text = "report", .value = ConflictPolicy::report}, {.text = "defend", .value = ConflictPolicy::defend}});
    return {
        key("burst", &Announce::burst, count_codec(1, 100),
            {.meaning = "announcements of each VIP at a takeover", .live = true}),
        key("burst_interval", &Announce::burst_interval, duration_codec(milliseconds(1), minutes(1)),
            {.meaning = "time between two of them", .live = true}),
        key("refresh_interval", &Announce::refresh_interval, duration_or_zero_codec(milliseconds(100), hours(1)),
            {.meaning = "time between two announcements while a VIP is held; 0ms: never", .live = true}),
        key("packets_per_second", &Announce::packets_per_second_max, count_codec(1, 1'000'000),
            {.meaning = "most announcements sent in a second, all VIPs together", .live = true}),
        key("probe_count", &Announce::probe_count, count_codec(0, 20),
            {.meaning = "times that a VIP is asked for before it is claimed; 0: never", .live = true}),
        key("probe_interval", &Announce::probe_interval, duration_codec(milliseconds(1), seconds(1)),
            {.meaning = "time for an answer to each of them", .live = true}),
        key("conflict", &Announce::conflict, conflict,
            {.meaning = "what is done about a foreign host that uses a held VIP", .live = true}),
    };
}

std::vector<SectionRule> make_schema() {
    return {
        {.kind = SectionKind::cluster,
         .word = "cluster",
         .named = false,
         .required = true,
         .meaning = "what all nodes agree on",
         .empty = Cluster{},
         .keys = cluster_keys()},
        {.kind = SectionKind::node,
         .word = "node",
         .named = true,
         .required = true,
         .meaning = "one host",
         .empty = Node{},
         .keys = node_keys()},
        {.kind = SectionKind::vip,
         .word = "vip",
         .named = true,
         .required = true,
         .meaning = "one virtual IP address",
         .empty = Vip{},
         .keys = vip_keys()},
        {.kind = SectionKind::service,
         .word = "service",
         .named = false,
         .required = false,
         .meaning = "what is guarded",
         .empty = Service{},
         .keys = service_keys()},
        {.kind = SectionKind::announce,
         .word = "announce",
         .named = false,
         .required = false,
         .meaning = "how the VIPs are claimed on the network",
         .empty = Announce{},
         .keys = announce_keys()},
        {.kind = SectionKind::pgpool,
         .word = "pgpool",
         .named = false,
         .required = false,
         .meaning = "the pgpool-II of each host as a partner",
         .empty = Pgpool{},
         .keys = pgpool_keys()},
        {.kind = SectionKind::hooks,
         .word = "hooks",
         .named = false,
         .required = false,
         .meaning = "commands that follow the role",
         .empty = Hooks{},
         .keys = hooks_keys()},
    };
}

} // namespace

bool KeyRule::applies_to(ServiceKind type) const {
    return only_for.empty() || std::ranges::find(only_for, type) != only_for.end();
}

const KeyRule* SectionRule::find(std::string_view key_name) const {
    const auto rule = std::ranges::find(keys, key_name, &KeyRule::name);
    return rule == keys.end() ? nullptr : &*rule;
}

const std::vector<SectionRule>& schema() {
    static const std::vector<SectionRule> rules = make_schema();
    return rules;
}

const SectionRule& section_rule(SectionKind kind) {
    const auto rule = std::ranges::find(schema(), kind, &SectionRule::kind);
    assert(rule != schema().end());
    return *rule;
}

std::vector<Record> records_of(const Settings& settings, SectionKind kind) {
    switch (kind) {
    case SectionKind::cluster:
        return {settings.cluster};
    case SectionKind::node:
        return {settings.nodes.begin(), settings.nodes.end()};
    case SectionKind::vip:
        return {settings.vips.begin(), settings.vips.end()};
    case SectionKind::service:
        return {settings.service};
    case SectionKind::announce:
        return {settings.announce};
    case SectionKind::pgpool:
        return settings.pgpool ? std::vector<Record>{*settings.pgpool} : std::vector<Record>{};
    case SectionKind::hooks:
        return {settings.hooks};
    }
    return {};
}

std::string_view name_of(const Record& record) {
    if (const auto* const node = std::get_if<Node>(&record)) {
        return node->name;
    }
    const auto* const vip = std::get_if<Vip>(&record);
    return vip != nullptr ? std::string_view(vip->name) : std::string_view();
}

std::string section_title(std::string_view word, std::string_view name) {
    return name.empty() ? fmt::format("[{}]", word) : fmt::format("[{} {}]", word, name);
}

} // namespace belay::config
