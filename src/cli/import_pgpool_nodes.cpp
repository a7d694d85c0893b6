// What both styles have in common: names, priorities, and which database is on which host.

#include "import_pgpool_nodes.hpp"

#include <algorithm>
#include <map>

namespace belay::cli {

namespace {

constexpr std::size_t name_size_max = 63;
constexpr unsigned number_max = 127; // of hosts and backends in pgpool-II

/// Letters that a node's name may not have become hyphens.
std::string legal(std::string_view host) {
    std::string name(host.substr(0, name_size_max));
    std::ranges::replace_if(
        name,
        [](char letter) {
            const bool good = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                              (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
            return !good;
        },
        '-');
    return name;
}

/// A host knows its node by its host name, whole or up to the first dot. An address is no name.
void name_nodes(std::vector<PgpoolNode>& nodes) {
    std::map<std::string, int> uses;
    const auto short_name = [](const PgpoolNode& node) { return legal(node.host.substr(0, node.host.find('.'))); };
    for (const PgpoolNode& node : nodes) {
        ++uses[short_name(node)];
    }
    for (std::size_t index = 0; index < nodes.size(); ++index) {
        PgpoolNode& node = nodes[index];
        const std::string name = short_name(node);
        if (parse_ip(node.host) || name.empty()) {
            node.name = fmt::format("node{}", index);
        } else {
            node.name = uses[name] > 1 ? legal(node.host) : name;
        }
    }
}

void find_databases(PgpoolSource& source, std::vector<PgpoolNode>& nodes) {
    for (const unsigned number : numbers_of(source.conf(), "backend_hostname")) {
        const PgpoolSetting& backend = *source.find(fmt::format("backend_hostname{}", number));
        auto address = parse_ip(backend.value);
        if (!address && source.options().resolve) {
            address = source.options().resolve(backend.value);
        }
        const auto node = std::ranges::find_if(nodes, [&](const PgpoolNode& each) {
            return each.host == backend.value ||
                   (address && (each.address == *address || has(each.channels, *address)));
        });
        if (node != nodes.end() && !node->database) {
            node->database = number;
            source.taken(&backend, fmt::format("[node {}] database", node->name));
        }
    }
}

/// wd_priority is of this host alone; the files of the others have their own.
void set_priorities(PgpoolSource& source, std::vector<PgpoolNode>& nodes) {
    constexpr std::uint32_t priority_max = 1'000'000;
    constexpr std::uint32_t priority_default = 1; // pgpool-II's
    const PgpoolSetting* const setting = source.find("wd_priority");
    if (setting == nullptr) {
        return;
    }
    const auto priority = pgpool_number(setting->value, priority_max);
    const auto self = std::ranges::find_if(nodes, &PgpoolNode::self);
    if (!priority) {
        source.error(setting, fmt::format("{} is no priority; use 0 to {}", shown(*setting), priority_max));
    } else if (*priority == priority_default) {
        source.taken(setting, "the default there; all nodes have the same priority here as well");
    } else if (self == nodes.end()) {
        source.not_taken(setting, "it is of one host, and this file does not say of which: name its file "
                                  "pgpool_node_id by --node-id, or write 'priority' into [node NAME]");
    } else {
        for (PgpoolNode& node : nodes) {
            node.priority = node.self ? *priority : priority_default;
        }
        source.taken(setting, fmt::format("[node {}] priority; the others have the default of pgpool-II, "
                                          "because theirs is in their own files",
                                          self->name));
    }
}

} // namespace

bool has_numbered_hosts(const PgpoolConf& conf) {
    return !numbers_of(conf, "hostname").empty();
}

std::vector<unsigned> numbers_of(const PgpoolConf& conf, std::string_view prefix) {
    std::vector<unsigned> numbers;
    for (unsigned number = 0; number <= number_max; ++number) {
        const PgpoolSetting* const setting = conf.find(fmt::format("{}{}", prefix, number));
        if (setting != nullptr && !setting->value.empty()) {
            numbers.push_back(number);
        }
    }
    return numbers;
}

bool uses_heartbeats(const PgpoolSource& source) {
    const PgpoolSetting* const method = source.find("wd_lifecheck_method");
    return method == nullptr || method->value == "heartbeat";
}

std::vector<PgpoolNode> read_pgpool_nodes(PgpoolSource& source) {
    const bool numbered = has_numbered_hosts(source.conf());
    std::vector<PgpoolNode> nodes = numbered ? read_numbered_nodes(source) : read_own_and_other_nodes(source);
    name_nodes(nodes);
    for (const PgpoolNode& node : nodes) {
        source.taken(node.setting, fmt::format("[node {}]", node.name));
    }
    set_priorities(source, nodes);
    find_databases(source, nodes);
    return nodes;
}

} // namespace belay::cli
