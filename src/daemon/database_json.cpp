#include "belay/daemon/database_json.hpp"

#include "belay/daemon/status.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

using databases::CommandKind;
using databases::Entry;
using databases::Grant;
using databases::Table;
using databases::message::Report;
using nlohmann::json;

namespace {

using NameOf = std::function<std::string(NodeId)>;

json version_json(const databases::Version& version) {
    return {{"term", version.term}, {"number", version.number}};
}

const pgpool::Backend* backend_of(const databases::Shared& shared, std::uint32_t id) {
    const auto& view = shared.alignment().view();
    if (!view || !view->reachable) {
        return nullptr;
    }
    const auto found = std::ranges::find(view->backends, id, &pgpool::Backend::id);
    return found == view->backends.end() ? nullptr : &*found;
}

std::string role_of(const Table& table, std::uint32_t id) {
    if (!table.primary) {
        return "unknown";
    }
    return table.primary == id ? "primary" : "standby";
}

/// The command of the last change; of a primary's followers that of following it.
json command_json(const Table& table, const Entry& entry, const NameOf& name_of) {
    const Grant* grant = table.grant_of(entry.attached ? CommandKind::failback : CommandKind::failover, entry.id);
    if (grant == nullptr || !grant->node) {
        grant = table.grant_of(CommandKind::follow_primary, entry.id);
    }
    if (grant == nullptr) {
        return nullptr;
    }
    return {{"kind", databases::to_text(grant->kind)},
            {"node", name_of(grant->node)},
            {"state", databases::to_text(grant->state)},
            {"exit_code", grant->state == databases::CommandState::granted ? json(nullptr) : json(grant->exit_code)}};
}

json entry_json(const databases::Shared& shared, const Entry& entry, const NameOf& name_of) {
    const Table& table = shared.table();
    const pgpool::Backend* const here = backend_of(shared, entry.id);
    return {{"id", entry.id},
            {"host", entry.host},
            {"port", entry.port},
            {"status", entry.attached ? "up" : "down"},
            {"role", role_of(table, entry.id)},
            {"since", utc_text(std::chrono::milliseconds(entry.since_unix_ms))},
            {"by", name_of(entry.by)},
            {"why", entry.why},
            {"version", version_json(entry.changed)},
            {"here", here == nullptr
                         ? json(nullptr)
                         : json{{"status", pgpool::to_text(here->status)}, {"role", pgpool::to_text(here->role)}}},
            {"command", command_json(table, entry, name_of)}};
}

std::string what_of(const Report& report) {
    switch (report.kind) {
    case Report::Kind::detached:
        return fmt::format("database {} is down", report.id);
    case Report::Kind::attached:
        return fmt::format("database {} is up", report.id);
    case Report::Kind::primary:
        return fmt::format("database {} is the primary", report.id);
    case Report::Kind::command:
        return fmt::format("{} of database {} wants to run",
                           databases::to_text(report.command.value_or(CommandKind::failover)), report.command_id);
    }
    return {};
}

json waiting_json(const databases::Shared& shared, Instant now) {
    const char* const why = !shared.holder()             ? "there is no active node"
                            : shared.orderer().leading() ? "it is being ordered, or the others have not seen it"
                                                         : "the active node has not answered yet";
    json waiting = json::array();
    for (const auto& [subject, pending] : shared.reports().pending()) {
        waiting.push_back({{"what", what_of(pending.report)}, {"why", why}, {"for_ms", to_ms(now - pending.since)}});
    }
    return waiting;
}

json pgpool_json(const databases::Shared& shared) {
    if (!shared.has_pgpool()) {
        return nullptr;
    }
    const auto& view = shared.alignment().view();
    if (!view) {
        return {{"reachable", false}, {"problem", "it was not asked yet"}};
    }
    return {{"reachable", view->reachable}, {"problem", view->reachable ? json(nullptr) : json(view->problem)}};
}

} // namespace

json database_table_json(const databases::Shared& shared, Instant now, const NameOf& name_of) {
    const Table& table = shared.table();
    const std::optional<NodeId> holder = shared.holder();
    json list = json::array();
    for (const Entry& entry : table.entries) {
        list.push_back(entry_json(shared, entry, name_of));
    }
    json votes = json::array();
    for (const auto& [id, count] : shared.orderer().votes()) {
        votes.push_back({{"id", id}, {"nodes", count}});
    }
    const bool compares = shared.has_pgpool() && table.version.known();
    const std::string difference = compares ? shared.alignment().difference(table) : std::string();
    const std::string& out_of_line = shared.obstacle().empty() ? difference : shared.obstacle();
    return {{"version", version_json(table.version)},
            {"active", holder ? json(name_of(*holder)) : json(nullptr)},
            {"in_line", out_of_line.empty()},
            {"in_line_reason", out_of_line.empty() ? json(nullptr) : json(out_of_line)},
            {"pgpool", pgpool_json(shared)},
            {"primary", table.primary ? json(*table.primary) : json(nullptr)},
            {"databases", std::move(list)},
            {"votes", std::move(votes)},
            {"waiting", waiting_json(shared, now)}};
}

} // namespace belay::daemon
