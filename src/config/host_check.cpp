// Asks this host for what a configuration takes for granted.

#include "belay/config/host_check.hpp"

#include "belay/config/key_file.hpp"
#include "belay/config/node_name.hpp"
#include "belay/config/schema.hpp"

#include <fmt/format.h>
#include <net/if.h>

namespace belay::config {

std::vector<Problem> check_host(const Loaded& loaded, const std::optional<std::string>& node) {
    std::vector<Problem> problems;
    if (!loaded.settings) {
        return problems;
    }
    const Settings& settings = *loaded.settings;
    if (const auto keys = read_key_file(settings.cluster.key_file); !keys) {
        problems.push_back(loaded.problem_at(Severity::error, "[cluster]", "key_file", keys.error().text));
    }
    const auto name = own_node_name(settings, node);
    const bool witness = name && settings.find_node(*name)->kind == NodeKind::witness;
    for (const Vip& vip : settings.vips) {
        if (!witness && ::if_nametoindex(vip.interface.c_str()) == 0) {
            problems.push_back(loaded.problem_at(
                Severity::warning, section_title("vip", vip.name), "interface",
                fmt::format("interface: '{}' does not exist on this host; while that is so, this node "
                            "cannot be active",
                            vip.interface)));
        }
    }
    if (!name) {
        problems.push_back({.severity = Severity::warning,
                            .file = loaded.file,
                            .line = 0,
                            .column = 0,
                            .text = "this host is no node of the file: " + name.error().text});
    }
    return problems;
}

} // namespace belay::config
