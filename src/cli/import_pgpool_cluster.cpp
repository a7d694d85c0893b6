// [cluster] and [node NAME]: what the watchdogs agreed on by their defaults, in Belay's words.

#include "belay/cli/text.hpp"
#include "import_pgpool_sections.hpp"

#include <algorithm>

namespace belay::cli {

namespace {

constexpr std::uint16_t heartbeat_port = 7940;
constexpr std::uint16_t info_port = 7941;

std::vector<std::string> list_of(std::string_view text) {
    std::vector<std::string> items;
    constexpr std::string_view separators = ", \t";
    for (std::size_t at = text.find_first_not_of(separators); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
        items.emplace_back(text.substr(at, end - at));
        at = text.find_first_not_of(separators, end);
    }
    return items;
}

/// Times of the watchdog beside those of Belay.
void write_times(IniText& ini, PgpoolSource& source) {
    const auto old = [&source](std::string_view name, std::string_view fallback) {
        return fmt::format("{} = {}", name, quoted_for_comment(source.text(name, fallback)));
    };
    if (uses_heartbeats(source)) {
        ini.comment(fmt::format("Belay's own times are kept: {}, {} and {} would replace a lost host after half a "
                                "minute; with these it takes about a second. Raise both together where hosts or the "
                                "network between them pause for longer.",
                                old("wd_heartbeat_keepalive", "2"), old("wd_heartbeat_deadtime", "30"),
                                old("wd_interval", "10")));
    } else {
        ini.comment(
            "Belay's nodes exchange heartbeats whatever wd_lifecheck_method was; these are its own times. Raise "
            "both together where hosts or the network between them pause for longer.");
    }
    ini.key("heartbeat_interval", "100ms");
    ini.key("lease", "500ms");
    source.not_taken(source.find("wd_heartbeat_keepalive"), "heartbeat_interval is 100ms; see there");
    source.not_taken(source.find("wd_heartbeat_deadtime"), "a lost host is replaced when its lease of 500ms is over");
    if (uses_heartbeats(source)) {
        source.not_taken(source.find("wd_interval"),
                         "the service is checked each second ([service] interval), other nodes by every heartbeat");
    }
}

/// Whether a node or the VIP has the address: such a gateway says nothing about the network.
bool is_ours(const IpAddress& address, const std::vector<PgpoolNode>& nodes, const std::optional<PgpoolVip>& vip) {
    return (vip && vip->address.address == address) || std::ranges::any_of(nodes, [&](const PgpoolNode& node) {
               return node.address == address || has(node.channels, address);
           });
}

/// One trusted server is the tiebreaker of two nodes. Three have a majority without it.
std::optional<IpAddress> upstream(PgpoolSource& source, const std::vector<PgpoolNode>& nodes,
                                  const std::optional<PgpoolVip>& vip) {
    const PgpoolSetting* const setting = source.find("trusted_servers");
    const std::vector<std::string> servers = list_of(setting == nullptr ? "" : setting->value);
    if (servers.empty()) {
        source.not_taken(setting, "none are named");
        return std::nullopt;
    }
    if (nodes.size() != 2) {
        source.not_taken(setting,
                         fmt::format("{} nodes decide by majority, and a node that is cut off has none", nodes.size()));
        return std::nullopt;
    }
    if (servers.size() > 1) {
        source.not_taken(setting, "one gateway can break the tie of two nodes, the one that both reach through the "
                                  "network of the VIPs: add tiebreaker = upstream and upstream = ADDRESS, or a third "
                                  "node as witness");
        return std::nullopt;
    }
    if (!vip || !vip->address.address.is_v4()) {
        source.not_taken(setting, "a gateway breaks ties only where a VIP is IPv4; add a third node as witness");
        return std::nullopt;
    }
    const std::vector<IpAddress> addresses = source.addresses_of(servers.front(), setting);
    if (addresses.empty()) {
        return std::nullopt;
    }
    if (is_ours(addresses.front(), nodes, vip)) {
        source.not_taken(setting,
                         "it is a node or the VIP, and says nothing about the network; the gateway of the VIP's "
                         "network could break ties, or a third node as witness");
        return std::nullopt;
    }
    source.taken(setting, "[cluster] tiebreaker and upstream");
    return addresses.front();
}

} // namespace

void write_cluster(IniText& ini, PgpoolSource& source, const std::vector<PgpoolNode>& nodes,
                   const std::optional<PgpoolVip>& vip) {
    ini.section("cluster");
    ini.key("name", "pgpool");
    ini.comment("In place of wd_authkey. Made by: belay keygen");
    ini.key("key_file", "/etc/belay/cluster.key");
    write_times(ini, source);
    if (const auto gateway = upstream(source, nodes, vip)) {
        ini.comment(
            "The trusted server is the third vote of two nodes: check that it is the gateway through which both "
            "reach the network of the VIP. A third node as witness guarantees more; see TWO HOSTS in "
            "belay.ini(5).");
        ini.key("tiebreaker", "upstream");
        ini.key("upstream", to_text(*gateway));
    } else if (nodes.size() == 2) {
        ini.comment("Two nodes have no majority when one is lost, and the VIP then waits for an operator: add a third "
                    "node with role = witness on any host, or name the gateway:");
        ini.line("tiebreaker = upstream");
        ini.line("upstream = ADDRESS");
    }
    ini.blank();
}

void write_nodes(IniText& ini, PgpoolSource& source, const std::vector<PgpoolNode>& nodes) {
    for (const PgpoolNode& node : nodes) {
        ini.section("node " + node.name);
        std::string channels;
        for (const IpAddress& address : node.channels) {
            channels += (channels.empty() ? "" : ", ") + to_text(Endpoint{.address = address, .port = heartbeat_port});
        }
        ini.key("heartbeat", channels);
        ini.key("info", to_text(Endpoint{.address = node.address, .port = info_port}));
        ini.key("service", to_text(Endpoint{.address = node.address, .port = node.pgpool_port}));
        if (node.priority) {
            if (!node.self) {
                ini.comment("A guess: write the wd_priority of that host's own pgpool.conf here.");
            }
            ini.key("priority", std::to_string(*node.priority));
        }
        if (node.database) {
            ini.key("database", std::to_string(*node.database));
        }
        ini.blank();
    }
    for (const PgpoolSetting& setting : source.conf().settings) {
        const std::string_view name = setting.name;
        if (name.starts_with("wd_port") || name.starts_with("other_wd_port")) {
            source.not_taken(
                &setting, fmt::format("the info channel is TCP port {}; let it through between the nodes", info_port));
        } else if (name.starts_with("heartbeat_port") || name.starts_with("heartbeat_destination_port") ||
                   name == "wd_heartbeat_port") {
            source.not_taken(
                &setting, fmt::format("heartbeats are UDP port {}; let it through between the nodes", heartbeat_port));
        }
    }
}

} // namespace belay::cli
