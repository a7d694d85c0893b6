// Nodes, VIPs and events as tables.

#include "belay/cli/json_view.hpp"
#include "belay/cli/render.hpp"
#include "belay/cli/table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::cli {

namespace {

using nlohmann::json;

Tone tone_of_role(const std::string& role) {
    if (role == "active") {
        return Tone::good;
    }
    if (role == "down" || role == "refused") {
        return Tone::bad;
    }
    return role == "joining" ? Tone::warning : Tone::plain;
}

Cell eligible_cell(const json& node) {
    if (text_of(node, "kind") == "witness") {
        return {.text = "witness"};
    }
    return flag_of(node, "eligible") ? Cell{.text = "yes"} : Cell{.text = "no", .tone = Tone::warning};
}

std::string heard_text(const json& object) {
    const auto age = number_of(object, "last_heard_ms");
    return age ? age_text(*age) : "never";
}

Cell channels_cell(const json& node) {
    const json& channels = list_of(node, "channels");
    if (channels.empty()) {
        return {};
    }
    const auto up = std::ranges::count_if(channels, [](const json& channel) { return flag_of(channel, "up"); });
    const bool all = static_cast<std::size_t>(up) == channels.size();
    return {.text = fmt::format("{} of {} up", up, channels.size()), .tone = all ? Tone::plain : Tone::warning};
}

Cell info_cell(const json& node) {
    const json& info = member_of(node, "info");
    if (flag_of(node, "self") || !info.is_object()) {
        return {};
    }
    return flag_of(info, "connected") ? Cell{.text = "yes"} : Cell{.text = "no", .tone = Tone::warning};
}

/// This node's own end of a channel.
std::string own_channel_text(const json& channel) {
    return fmt::format("  {}  {}\n", number_text_of(channel, "index"), text_of(channel, "local"));
}

/// Between which addresses, how it goes, and what is wrong with it, each on a line.
std::string channel_text(const json& channel, const Style& style) {
    const bool up = flag_of(channel, "up");
    const std::string trouble = text_of(channel, "trouble");
    std::string out = wrap(style, fmt::format("  {}  ", number_text_of(channel, "index")),
                           fmt::format("{} -> {}", text_of(channel, "local"), text_of(channel, "remote")));
    out += fmt::format("     {}, heard {}{}, received {}, lost {}, rejected {}\n",
                       paint(style, up ? Tone::good : Tone::bad, up ? "up" : "silent"), heard_text(channel),
                       number_of(channel, "last_heard_ms") ? " ago" : "", number_text_of(channel, "received"),
                       number_text_of(channel, "lost"), number_text_of(channel, "rejected"));
    return trouble.empty() ? out : out + wrap(style, "     ", trouble);
}

std::string node_text(const json& node, const Style& style) {
    const std::string version = text_of(member_of(node, "card"), "version");
    const std::string reason = text_of(node, "reason");
    const std::string problem = text_of(node, "problem");
    const std::string refusal = text_of(member_of(node, "info"), "refusal");
    std::string out;
    if (!version.empty()) {
        out += fmt::format("  belayd {}\n", version);
    }
    if (!reason.empty()) {
        out += wrap(style, "  why: ", reason);
    }
    if (!problem.empty()) {
        out += wrap(style, "  problem: ", problem);
    }
    if (!refusal.empty() && refusal != problem) {
        out += wrap(style, "  info channel: ", refusal);
    }
    for (const json& channel : list_of(node, "channels")) {
        out += flag_of(node, "self") ? own_channel_text(channel) : channel_text(channel, style);
    }
    return out.empty() ? out : '\n' + paint(style, Tone::strong, text_of(node, "name")) + '\n' + out;
}

/// A VIP with a foreign host, the fence, or a change of role.
std::string event_text(const json& event, const Style& style) {
    std::string name = text_of(event, "event");
    if (const std::string vip = text_of(event, "vip"); !vip.empty()) {
        return fmt::format("VIP {} ({})", vip, text_of(event, "address"));
    }
    if (!name.empty()) {
        const Tone tone = name == "fence_built" ? Tone::plain : Tone::warning;
        std::ranges::replace(name, '_', ' ');
        return paint(style, tone, name);
    }
    const std::string to = text_of(event, "to");
    return fmt::format("{} -> {}", text_of(event, "from"), paint(style, tone_of_role(to), to));
}

} // namespace

std::string node_table(const json& result, const Style& style) {
    Table table({"NODE", "ROLE", "ELIGIBLE", "PRIORITY", "HEARD", "CHANNELS", "INFO"});
    for (const json& node : list_of(result, "nodes")) {
        const std::string role = text_of(node, "role");
        const bool self = flag_of(node, "self");
        table.add({{.text = text_of(node, "name")},
                   {.text = role, .tone = tone_of_role(role)},
                   eligible_cell(node),
                   {.text = number_text_of(node, "priority")},
                   {.text = self ? "(this)" : heard_text(node)},
                   self ? Cell{} : channels_cell(node),
                   info_cell(node)});
    }
    return table.text(style);
}

std::string vip_table(const json& result, const Style& style) {
    Table table({"VIP", "ADDRESS", "INTERFACE", "HERE"});
    for (const json& vip : list_of(result, "vips")) {
        table.add({{.text = text_of(vip, "name")},
                   {.text = text_of(vip, "address")},
                   {.text = text_of(vip, "interface")},
                   {.text = flag_of(vip, "present") ? "yes" : "no"}});
    }
    return table.text(style);
}

std::string render_nodes(const json& result, const Style& style) {
    const json& nodes = list_of(result, "nodes");
    if (nodes.empty()) {
        return "no nodes\n";
    }
    std::string out = node_table(result, style);
    for (const json& node : nodes) {
        out += node_text(node, style);
    }
    return out;
}

std::string render_vips(const json& result, const Style& style) {
    const json& vips = list_of(result, "vips");
    if (vips.empty()) {
        return "no VIPs\n";
    }
    std::string out = vip_table(result, style);
    for (const json& vip : vips) {
        if (const std::string problem = text_of(vip, "problem"); !problem.empty()) {
            out += wrap(style, fmt::format("{}: ", text_of(vip, "name")), problem);
        }
    }
    return out;
}

std::string render_events(const json& result, const Style& style) {
    std::string out;
    for (const json& event : list_of(result, "events")) {
        std::string time = text_of(event, "time");
        std::ranges::replace(time, 'T', ' ');
        out += fmt::format("{}  {}: {}\n", time, text_of(event, "node"), event_text(event, style));
        out += wrap(style, "    ", text_of(event, "reason"));
    }
    return out.empty() ? "nothing has happened yet\n" : out;
}

} // namespace belay::cli
