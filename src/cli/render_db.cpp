// The database nodes as a table, then what is wrong or waits.

#include "belay/cli/json_view.hpp"
#include "belay/cli/render.hpp"
#include "belay/cli/table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::cli {

namespace {

using nlohmann::json;

/// What the pgpool-II of this host says, where that differs.
Cell here_cell(const json& database) {
    const json& here = member_of(database, "here");
    if (!here.is_object()) {
        return {};
    }
    const std::string status = text_of(here, "status");
    const bool same = status == text_of(database, "status");
    return {.text = status, .tone = same ? Tone::plain : Tone::bad};
}

std::string command_text(const json& database) {
    const json& command = member_of(database, "command");
    if (!command.is_object()) {
        return {};
    }
    return fmt::format("{} {} on {}", text_of(command, "kind"), text_of(command, "state"), text_of(command, "node"));
}

std::string since_text(const json& database) {
    std::string since = text_of(database, "since");
    std::ranges::replace(since, 'T', ' ');
    return since;
}

std::string database_table(const json& result, const Style& style) {
    Table table({"ID", "DATABASE", "STATUS", "ROLE", "SINCE", "BY", "COMMAND", "HERE"});
    for (const json& database : list_of(result, "databases")) {
        const std::string status = text_of(database, "status");
        table.add({{.text = number_text_of(database, "id")},
                   {.text = fmt::format("{}:{}", text_of(database, "host"), number_text_of(database, "port"))},
                   {.text = status, .tone = status == "up" ? Tone::good : Tone::bad},
                   {.text = text_of(database, "role")},
                   {.text = since_text(database)},
                   {.text = text_of(database, "by")},
                   {.text = command_text(database)},
                   here_cell(database)});
    }
    return table.text(style);
}

std::string troubles(const json& result, const Style& style) {
    std::string out;
    const json& pgpool = member_of(result, "pgpool");
    if (pgpool.is_object() && !flag_of(pgpool, "reachable", true)) {
        out += wrap(style, "! ", fmt::format("pgpool-II here does not answer: {}", text_of(pgpool, "problem")));
    }
    if (text_of(result, "active").empty()) {
        out += wrap(style, "! ", "there is no active node: what happens to database nodes waits");
    }
    if (!flag_of(result, "in_line", true)) {
        out += wrap(style, "! ", text_of(result, "in_line_reason"));
    }
    for (const json& vote : list_of(result, "votes")) {
        out += wrap(style, "  votes: ",
                    fmt::format("{} nodes have seen database {} fail, not enough yet", number_text_of(vote, "nodes"),
                                number_text_of(vote, "id")));
    }
    for (const json& one : list_of(result, "waiting")) {
        out += wrap(
            style, "  waits: ",
            fmt::format("{}, for {} ms: {}", text_of(one, "what"), number_text_of(one, "for_ms"), text_of(one, "why")));
    }
    return out;
}

} // namespace

std::string render_db(const json& result, const Style& style) {
    const std::string table = database_table(result, style);
    return (table.empty() ? std::string("no database node is known yet\n") : table) + troubles(result, style);
}

} // namespace belay::cli
