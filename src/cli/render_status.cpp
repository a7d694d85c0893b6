// The status as an operator reads it at three in the morning: the verdict first, then what to do, then the rest.

#include "belay/cli/findings.hpp"
#include "belay/cli/json_view.hpp"
#include "belay/cli/render.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::cli {

namespace {

using nlohmann::json;

struct Grade {
    std::string_view word;
    Tone tone;
};

/// The findings come with the worst first.
Grade grade_of(const std::vector<Finding>& problems) {
    if (problems.empty()) {
        return {.word = "OK", .tone = Tone::good};
    }
    return problems.front().severity == Severity::critical ? Grade{.word = "CRITICAL", .tone = Tone::bad}
                                                           : Grade{.word = "WARNING", .tone = Tone::warning};
}

/// "this node, alpha, serves 2 VIPs".
std::string serving_text(const json& status) {
    const json& vips = list_of(status, "vips");
    const std::string all = vips.empty() ? "the VIPs" : count_text(vips.size(), "VIP"); // a witness lists none
    const std::string holder = text_of(status, "holder");
    if (holder.empty()) {
        return lacks_majority(status) ? fmt::format("this node, {}, hears no majority and knows nobody who serves {}",
                                                    text_of(status, "node"), all)
                                      : "nobody serves " + all;
    }
    if (holder != text_of(status, "node")) {
        return fmt::format("{} serves {}", holder, all);
    }
    const auto here = std::ranges::count_if(vips, [](const json& vip) { return flag_of(vip, "present", true); });
    return static_cast<std::size_t>(here) == vips.size()
               ? fmt::format("this node, {}, serves {}", holder, all)
               : fmt::format("this node, {}, serves only {} of {}", holder, here, all);
}

std::string headline(const json& status, const std::vector<Finding>& problems, const Style& style) {
    std::string text = serving_text(status);
    if (!problems.empty()) {
        text += fmt::format("; {}:", count_text(problems.size(), "problem"));
    } else {
        if (text_of(status, "holder") != text_of(status, "node")) {
            text += fmt::format("; this node, {}, is {}", text_of(status, "node"), text_of(status, "role"));
        }
        text += "; all is well";
    }
    // The word is painted after wrapping, because colours have no width.
    const Grade grade = grade_of(problems);
    const std::string plain = wrap(style, "", fmt::format("{}: {}", grade.word, text));
    return paint(style, grade.tone, grade.word) + plain.substr(grade.word.size());
}

std::string problem_text(const std::vector<Finding>& problems, const Style& style) {
    std::string out;
    for (const Finding& problem : problems) {
        out += wrap(style, "  * ", problem.what);
        if (!problem.remedy.empty()) {
            out += wrap(style, "    -> ", problem.remedy);
        }
    }
    return out;
}

std::string row(const Style& style, std::string_view heading, const std::string& text) {
    return text.empty() ? std::string() : wrap(style, fmt::format("{:<9}", heading), text);
}

std::string role_text(const json& status) {
    std::string text = text_of(status, "role");
    if (const auto age = number_of(status, "role_since_ms")) {
        text += " for " + age_text(*age);
    }
    if (number_of(status, "term").value_or(0) != 0) {
        text += ", term " + number_text_of(status, "term");
    }
    return text;
}

std::string quorum_text(const json& status) {
    const json& quorum = member_of(status, "quorum");
    const auto heard = number_of(quorum, "heard");
    const auto needed = number_of(quorum, "needed");
    if (!heard || !needed) {
        return {};
    }
    return fmt::format("{} of {} nodes heard, {} needed{}", *heard, number_text_of(quorum, "of"), *needed,
                       *heard == *needed ? ": not one more may fail" : "");
}

std::string service_text(const json& status) {
    const json& service = member_of(status, "service");
    const std::string type = text_of(service, "type");
    if (type.empty() || type == "none") {
        return type.empty() ? std::string() : "none is guarded";
    }
    const std::string detail = text_of(service, "detail");
    return fmt::format("{}, {}{}", type, flag_of(service, "healthy") ? "healthy" : "not healthy",
                       detail.empty() ? "" : ": " + detail);
}

std::string fence_text(const json& status) {
    const json& fence = member_of(status, "fence");
    const std::string kind = text_of(fence, "kind");
    if (kind != "nftables") {
        return kind == "off" ? "off: the kernel does not silence a daemon that hangs" : kind;
    }
    const auto armed = number_of(fence, "armed_ms");
    return armed ? fmt::format("nftables, open for {} ms more", *armed) : "nftables, closed";
}

std::string details(const json& status, const Style& style) {
    const std::string cluster = text_of(status, "cluster");
    const std::string version = text_of(status, "version");
    const auto lease = number_of(status, "lease_remaining_ms");
    std::string out;
    out += row(style, "Node",
               text_of(status, "node") + (cluster.empty() ? "" : " of cluster " + cluster) +
                   (version.empty() ? "" : ", belayd " + version));
    out += row(style, "Role", role_text(status));
    out += row(style, "Why", text_of(status, "reason"));
    out += row(style, "Lease", lease ? age_text(*lease) + " left" : "");
    out += row(style, "Fence", fence_text(status));
    out += row(style, "Quorum", quorum_text(status));
    out += row(style, "Service", service_text(status));
    return out;
}

/// A part of the output after a blank line, unless it is empty.
std::string part(const std::string& text) {
    return text.empty() ? std::string() : '\n' + text;
}

} // namespace

std::string render_status(const json& result, const Style& style) {
    const std::vector<Finding> problems = findings(result);
    return headline(result, problems, style) + problem_text(problems, style) + part(details(result, style)) +
           part(node_table(result, style)) + part(vip_table(result, style));
}

} // namespace belay::cli
