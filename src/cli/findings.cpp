#include "belay/cli/findings.hpp"

#include "belay/cli/json_view.hpp"
#include "belay/cli/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::cli {

namespace {

using nlohmann::json;

/// ": text", or nothing.
std::string because(const std::string& text) {
    return text.empty() ? std::string() : ": " + text;
}

/// "for 2 min", or "ever".
std::string silence_text(const json& object) {
    const auto age = number_of(object, "last_heard_ms");
    return age ? "for " + age_text(*age) : "ever since belayd started here";
}

void add_holder(std::vector<Finding>& out, const json& status) {
    if (!text_of(status, "holder").empty()) {
        return;
    }
    const json& quorum = member_of(status, "quorum");
    const json& nodes = list_of(status, "nodes");
    const bool anybody = std::ranges::any_of(nodes, [](const json& node) { return flag_of(node, "eligible"); });
    Finding finding{.severity = Severity::critical, .what = "no node serves the VIPs", .remedy = {}};
    if (const std::string waits = text_of(status, "waits_for"); !waits.empty()) {
        const std::size_t colon = waits.find(": ");
        finding.what += "; " + waits.substr(0, colon);
        finding.remedy = colon == std::string::npos ? "ask again in a few seconds" : waits.substr(colon + 2);
    } else if (lacks_majority(status)) {
        finding.what =
            fmt::format("only {} of {} nodes are heard here, and {} are needed", number_text_of(quorum, "heard"),
                        number_text_of(quorum, "of"), number_text_of(quorum, "needed"));
        finding.remedy = "ask on another node too: belay status; bring the network of this host, or the other nodes, "
                         "back";
    } else if (text_of(status, "role") == "joining") {
        finding.what += "; this one is still joining";
        finding.remedy = "ask again in a few seconds: belay status";
    } else if (!anybody) {
        finding.what += ": none is eligible";
        finding.remedy = "repair one of those that follow";
    } else {
        finding.what += "; an election should be under way";
        finding.remedy = "ask again in a few seconds; if it stays so: belay events, journalctl -u belayd";
    }
    out.push_back(std::move(finding));
}

/// A channel of which nothing was heard yet shortly after the start is no problem.
void add_channels(std::vector<Finding>& out, const json& node, const std::string& name) {
    for (const json& channel : list_of(node, "channels")) {
        if (!flag_of(channel, "up", true) && text_of(channel, "state") != "unheard") {
            out.push_back(
                {.severity = Severity::warning,
                 .what = fmt::format("channel {} to {} ({} -> {}) is silent {}{}", number_text_of(channel, "index"),
                                     name, text_of(channel, "local"), text_of(channel, "remote"), silence_text(channel),
                                     because(text_of(channel, "trouble"))),
                 .remedy = "check that network and its firewalls; the other channels carry on"});
        }
    }
}

void add_info_session(std::vector<Finding>& out, const json& node, const std::string& name) {
    const json& info = member_of(node, "info");
    if (!flag_of(info, "connected", true)) {
        out.push_back(
            {.severity = Severity::warning,
             .what = fmt::format("the info channel to {} is not connected{}", name, because(text_of(info, "refusal"))),
             .remedy = "check that TCP to its info address passes; the election does not need it"});
    }
}

void add_other_node(std::vector<Finding>& out, const json& node) {
    const std::string name = text_of(node, "name");
    const std::string role = text_of(node, "role");
    const std::string problem = text_of(node, "problem");
    const auto warn = [&out](std::string what, std::string remedy) {
        out.push_back({.severity = Severity::warning, .what = std::move(what), .remedy = std::move(remedy)});
    };
    if (role == "down") {
        warn(problem.empty() ? fmt::format("{} is down: not heard {}", name, silence_text(node))
                             : fmt::format("{} is down: {}; not heard {}", name, problem, silence_text(node)),
             "look at that host and its network; there: systemctl status belayd");
        return;
    }
    if (role == "refused") {
        const std::string refusal = text_of(member_of(node, "info"), "refusal");
        warn(fmt::format("{} is refused{}", name, because(problem.empty() ? refusal : problem)),
             "make its belay.ini and key the same as here, then there: systemctl restart belayd");
        return;
    }
    if (!flag_of(node, "eligible", true) && text_of(node, "kind") != "witness") {
        warn(fmt::format("{} is not eligible{}", name, because(problem)), "ask on that host: belay status");
    } else if (!problem.empty()) {
        warn(fmt::format("{}{}", name, because(problem)), "ask on that host: belay status");
    }
    add_channels(out, node, name);
    add_info_session(out, node, name);
}

/// Whether this node is expected to be eligible: neither a witness nor just starting.
bool may_hold(const json& status) {
    const auto is_own_witness = [](const json& node) {
        return flag_of(node, "self") && text_of(node, "kind") == "witness";
    };
    return text_of(status, "role") != "joining" && std::ranges::none_of(list_of(status, "nodes"), is_own_witness);
}

void add_this_node(std::vector<Finding>& out, const json& status) {
    const std::string name = text_of(status, "node");
    const std::string reason = text_of(status, "ineligible_reason");
    const json& maintenance = member_of(status, "maintenance");
    const json& service = member_of(status, "service");
    if (text_of(status, "role") == "refused") {
        out.push_back({.severity = Severity::warning,
                       .what = fmt::format("this node, {}, is refused{}", name, because(text_of(status, "reason"))),
                       .remedy = "make its belay.ini and key the same as on the other nodes, then: systemctl restart "
                                 "belayd"});
    }
    if (flag_of(maintenance, "on")) {
        const auto remaining = number_of(maintenance, "remaining_ms");
        out.push_back({.severity = Severity::warning,
                       .what = fmt::format("this node, {}, is in maintenance{} and will not be chosen", name,
                                           remaining ? fmt::format(" for {} more", age_text(*remaining)) : ""),
                       .remedy = "when the work is done: belay maintenance off"});
    } else if (may_hold(status) && !flag_of(status, "eligible", true) && !reason.empty()) {
        out.push_back({.severity = Severity::warning,
                       .what = fmt::format("this node, {}, is not eligible: {}", name, reason),
                       .remedy = "repair that; until then it will not be chosen"});
        return; // an unhealthy service is such a reason, and named already
    }
    if (!flag_of(service, "healthy", true) && text_of(service, "type") != "none") {
        out.push_back({.severity = Severity::warning,
                       .what = fmt::format("the service here is not healthy{}", because(text_of(service, "detail"))),
                       .remedy = "repair or start it; until then this node will not be chosen"});
    }
}

void add_vip(std::vector<Finding>& out, const json& vip, bool active) {
    const std::string interface = text_of(vip, "interface");
    const std::string problem = text_of(vip, "problem");
    const std::string vip_text =
        fmt::format("VIP {} ({} on {})", text_of(vip, "name"), text_of(vip, "address"), interface);
    const bool present = flag_of(vip, "present", active);
    if (const json& conflict = member_of(vip, "conflict"); conflict.is_object()) {
        out.push_back({.severity = present ? Severity::warning : Severity::critical,
                       .what = vip_text + (present ? "" : " is not served") + because(problem),
                       .remedy = fmt::format("find the host with the MAC address {} and take the address from it",
                                             text_of(conflict, "mac"))});
        return;
    }
    if (active && !present) {
        out.push_back({.severity = Severity::critical,
                       .what = fmt::format("{} is not here, though this node is active{}", vip_text, because(problem)),
                       .remedy = fmt::format("look at: ip address show dev {}; journalctl -u belayd", interface)});
    } else if (!active && present) {
        out.push_back({.severity = Severity::critical,
                       .what = fmt::format("{} is here, though this node is not active{}", vip_text, because(problem)),
                       .remedy = fmt::format("if nobody needs it here: ip address del {} dev {}",
                                             text_of(vip, "address"), interface)});
    } else if (!problem.empty()) {
        out.push_back({.severity = Severity::warning,
                       .what = vip_text + because(problem),
                       .remedy = fmt::format("look at: ip address show dev {}", interface)});
    }
}

} // namespace

bool lacks_majority(const json& status) {
    const json& quorum = member_of(status, "quorum");
    return number_of(quorum, "heard").value_or(0) < number_of(quorum, "needed").value_or(0);
}

std::vector<Finding> findings(const json& status) {
    std::vector<Finding> out;
    add_holder(out, status);
    for (const json& vip : list_of(status, "vips")) {
        add_vip(out, vip, text_of(status, "role") == "active");
    }
    add_this_node(out, status);
    for (const json& node : list_of(status, "nodes")) {
        if (!flag_of(node, "self")) {
            add_other_node(out, node);
        }
    }
    for (const json& warning : list_of(status, "warnings")) {
        if (warning.is_string()) {
            out.push_back({.severity = Severity::warning, .what = clean(warning.get<std::string>()), .remedy = {}});
        }
    }
    std::ranges::stable_sort(out, std::ranges::greater(), &Finding::severity);
    return out;
}

} // namespace belay::cli
