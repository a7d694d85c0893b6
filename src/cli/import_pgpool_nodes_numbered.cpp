// pgpool-II 4.2 and later: hostnameX, pgpool_portX, heartbeat_hostnameX with ';' between the channels.

#include "belay/cli/text.hpp"
#include "import_pgpool_nodes.hpp"

#include <algorithm>

namespace belay::cli {

namespace {

constexpr std::uint16_t pgpool_port_default = 9999;

std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
    const std::size_t last = text.find_last_not_of(blanks);
    return std::string(text.substr(first, last == std::string_view::npos ? 0 : last - first + 1));
}

/// Which of the hosts has this file: the content of pgpool_node_id. Nothing when that is not known.
std::optional<unsigned> own_number(PgpoolSource& source, const std::vector<unsigned>& numbers) {
    const std::string text = trimmed(source.options().node_id);
    if (text.empty()) {
        return std::nullopt;
    }
    const auto number = pgpool_number(text, 127);
    if (!number || !has(numbers, *number)) {
        source.error(nullptr,
                     fmt::format("the node id '{}' is not the number of a hostname in this file", clean(text)));
        return std::nullopt;
    }
    return number;
}

/// The addresses of heartbeat_hostnameX, or that of the host where it is not set or not used.
std::vector<IpAddress> channels_of(PgpoolSource& source, unsigned number, const PgpoolNode& node) {
    const PgpoolSetting* const setting = source.find(fmt::format("heartbeat_hostname{}", number));
    if (setting == nullptr || setting->value.empty()) {
        return {node.address};
    }
    if (!uses_heartbeats(source)) {
        source.not_taken(setting,
                         "not used by this wd_lifecheck_method; heartbeats go to the address of the host name");
        return {node.address};
    }
    std::vector<IpAddress> channels;
    for (std::size_t at = 0; at <= setting->value.size();) {
        const std::size_t end = std::min(setting->value.find(';', at), setting->value.size());
        const std::string host = trimmed(std::string_view(setting->value).substr(at, end - at));
        at = end + 1;
        if (host.empty()) {
            continue;
        }
        for (const IpAddress& address : source.addresses_of(host, setting)) {
            if (!has(channels, address)) {
                channels.push_back(address);
            }
        }
    }
    source.taken(setting, fmt::format("heartbeat of that node, {}", count_text(channels.size(), "channel")));
    return channels;
}

/// Every node needs the same number of channels.
void even_out(PgpoolSource& source, std::vector<PgpoolNode>& nodes) {
    const auto count = [](const PgpoolNode& node) { return node.channels.size(); };
    const auto least = std::ranges::min_element(nodes, {}, count);
    const auto most = std::ranges::max_element(nodes, {}, count);
    if (least == nodes.end() || count(*least) == count(*most) || count(*least) == 0) {
        return;
    }
    source.error(
        most->setting,
        fmt::format("'{}' has {} for heartbeats, but '{}' has {}; every node needs the same number, network by "
                    "network: correct heartbeat_hostnameX, or say all of them by --address {}=IP,IP",
                    most->host, count_text(count(*most), "address"), least->host, count(*least), least->host));
}

} // namespace

std::vector<PgpoolNode> read_numbered_nodes(PgpoolSource& source) {
    std::vector<PgpoolNode> nodes;
    const std::vector<unsigned> numbers = numbers_of(source.conf(), "hostname");
    const std::optional<unsigned> own = own_number(source, numbers);
    for (const unsigned number : numbers) {
        const PgpoolSetting* const setting = source.find(fmt::format("hostname{}", number));
        const std::vector<IpAddress> addresses = source.addresses_of(setting->value, setting);
        if (addresses.empty()) {
            continue;
        }
        const std::string port_name = fmt::format("pgpool_port{}", number);
        PgpoolNode node{.host = setting->value,
                        .name = {},
                        .setting = setting,
                        .channels = {},
                        .address = addresses.front(),
                        .pgpool_port =
                            source.port(source.find(port_name) != nullptr ? port_name : "port", pgpool_port_default),
                        .self = own == number,
                        .priority = {},
                        .database = {}};
        source.taken(source.find(port_name), "service of that node");
        if (addresses.size() > 1) {
            node.channels = addresses;
            source.not_taken(source.find(fmt::format("heartbeat_hostname{}", number)),
                             "--address says the channels of this host");
        } else {
            node.channels = channels_of(source, number, node);
        }
        nodes.push_back(std::move(node));
    }
    even_out(source, nodes);
    return nodes;
}

} // namespace belay::cli
