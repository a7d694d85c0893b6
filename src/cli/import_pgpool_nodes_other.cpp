// pgpool-II up to 4.1: wd_hostname is this host, other_pgpool_hostnameN are the others, and heartbeat_destinationN are
// addresses of the others without a word whose. This host's own addresses in further networks are in the files of the
// others only.

#include "import_pgpool_nodes.hpp"

#include <algorithm>

namespace belay::cli {

namespace {

constexpr std::uint16_t pgpool_port_default = 9999;

struct Destination {
    const PgpoolSetting* setting = nullptr;
    IpAddress address;
};

void add_node(PgpoolSource& source, std::vector<PgpoolNode>& nodes, std::string_view host_name,
              std::string_view port_name, bool self) {
    const PgpoolSetting* const setting = source.find(host_name);
    const std::vector<IpAddress> addresses = source.addresses_of(setting->value, setting);
    if (addresses.empty()) {
        return;
    }
    nodes.push_back({.host = setting->value,
                     .name = {},
                     .setting = setting,
                     .channels = addresses,
                     .address = addresses.front(),
                     .pgpool_port = source.port(port_name, pgpool_port_default),
                     .self = self,
                     .priority = {},
                     .database = {}});
    if (!self) {
        source.taken(source.find(port_name), "service of that node");
    }
}

std::vector<Destination> read_destinations(PgpoolSource& source) {
    std::vector<Destination> destinations;
    for (const unsigned number : numbers_of(source.conf(), "heartbeat_destination")) {
        const PgpoolSetting* const setting = source.find(fmt::format("heartbeat_destination{}", number));
        if (!uses_heartbeats(source)) {
            source.not_taken(setting, "not used by this wd_lifecheck_method; heartbeats go to the address of the host "
                                      "name");
            continue;
        }
        if (const auto addresses = source.addresses_of(setting->value, setting); !addresses.empty()) {
            destinations.push_back({.setting = setting, .address = addresses.front()});
        }
    }
    return destinations;
}

/// Whether `destinations` are, `step` apart from `first` on, those of this node, as far as one of them shows.
bool fits(const PgpoolNode& node, const std::vector<Destination>& destinations, std::size_t first, std::size_t step,
          std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) {
        if (destinations[first + (index * step)].address == node.address) {
            return true;
        }
    }
    return false;
}

/// Gives each of the others its destinations: listed host by host, or network by network. False when the list shows
/// neither.
bool assign(std::vector<PgpoolNode*>& others, const std::vector<Destination>& destinations) {
    if (others.empty() || destinations.size() % others.size() != 0) {
        return false;
    }
    const std::size_t channels = destinations.size() / others.size();
    const auto all_fit = [&](std::size_t host_step, std::size_t channel_step) {
        for (std::size_t host = 0; host < others.size(); ++host) {
            if (others.size() > 1 && !fits(*others[host], destinations, host * host_step, channel_step, channels)) {
                return false;
            }
        }
        for (std::size_t host = 0; host < others.size(); ++host) {
            others[host]->channels.clear();
            for (std::size_t channel = 0; channel < channels; ++channel) {
                others[host]->channels.push_back(destinations[(host * host_step) + (channel * channel_step)].address);
            }
        }
        return true;
    };
    return all_fit(channels, 1) || all_fit(1, others.size());
}

/// Channels beyond the one of the host names need every node's address in every network, this one's too.
void read_channels(PgpoolSource& source, std::vector<PgpoolNode>& nodes) {
    const std::vector<Destination> destinations = read_destinations(source);
    const auto self = std::ranges::find_if(nodes, &PgpoolNode::self);
    std::vector<PgpoolNode*> others;
    for (PgpoolNode& node : nodes) {
        if (!node.self) {
            others.push_back(&node);
        }
    }
    if (destinations.empty() || self == nodes.end() || others.empty()) {
        return;
    }
    std::vector<PgpoolNode*> undecided; // whose channels the command line does not say
    std::ranges::copy_if(others, std::back_inserter(undecided),
                         [](const PgpoolNode* node) { return node->channels.size() == 1; });
    const std::size_t channels = destinations.size() / others.size();
    const bool known = undecided.size() == others.size() && self->channels.size() == channels &&
                       source.options().addresses.contains(self->host) && assign(undecided, destinations);
    for (const Destination& destination : destinations) {
        const auto owner = std::ranges::find_if(
            others, [&](const PgpoolNode* node) { return has(node->channels, destination.address); });
        if (owner != others.end()) {
            source.taken(destination.setting, "heartbeat of that node");
        } else {
            source.not_taken(destination.setting,
                             fmt::format("a further channel needs the address of every node in that network, and this "
                                         "file does not have those of this host, or not whose this one is; say them in "
                                         "the order of the channels, as in --address {}=IP,IP for this and each other "
                                         "host",
                                         self->host));
        }
    }
    if (!known) {
        const auto least = std::ranges::min(nodes, {}, [](const PgpoolNode& node) { return node.channels.size(); });
        for (PgpoolNode& node : nodes) {
            node.channels.resize(least.channels.size());
        }
    }
}

} // namespace

std::vector<PgpoolNode> read_own_and_other_nodes(PgpoolSource& source) {
    std::vector<PgpoolNode> nodes;
    const std::vector<unsigned> numbers = numbers_of(source.conf(), "other_pgpool_hostname");
    const PgpoolSetting* const own = source.find("wd_hostname");
    if (own == nullptr || own->value.empty()) {
        source.error(own,
                     numbers.empty()
                         ? "there is neither wd_hostname with other_pgpool_hostnameN nor hostnameX: no watchdog is "
                           "configured here; is another file included?"
                         : "wd_hostname is not set; write the host name or address of this host");
    } else {
        add_node(source, nodes, "wd_hostname", "port", true);
    }
    for (const unsigned number : numbers) {
        add_node(source, nodes, fmt::format("other_pgpool_hostname{}", number),
                 fmt::format("other_pgpool_port{}", number), false);
    }
    read_channels(source, nodes);
    // The files of all hosts give the same order.
    std::ranges::stable_sort(nodes, {}, &PgpoolNode::address);
    return nodes;
}

} // namespace belay::cli
