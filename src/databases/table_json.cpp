// The table and a node's copy of it as JSON.

#include "belay/databases/json.hpp"

#include "json_parts.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace belay::databases {

using nlohmann::json;

json to_json(const Version& version) {
    return {{"term", version.term}, {"number", version.number}};
}

Version version_of(FieldReader& fields, std::string_view key) {
    FieldReader parts(fields.any(key));
    Version version{.term = parts.unsigned_number("term"), .number = parts.unsigned_number("number")};
    if (!parts.ok()) {
        fields.reject(fmt::format("{}: {}", key, parts.failure().error().text));
        return {};
    }
    return version;
}

std::uint32_t id_of(FieldReader& fields, std::string_view key) {
    const std::uint64_t id = fields.unsigned_number(key);
    if (id >= backends_max) {
        fields.reject(fmt::format("'{}' is {}; pgpool-II has fewer than {} database nodes", key, id, backends_max));
        return 0;
    }
    return static_cast<std::uint32_t>(id);
}

std::optional<std::uint32_t> optional_id_of(FieldReader& fields, std::string_view key) {
    return fields.has(key) ? std::optional(id_of(fields, key)) : std::nullopt;
}

std::uint16_t port_of(FieldReader& fields) {
    const std::uint64_t port = fields.unsigned_number("port");
    if (port > std::numeric_limits<std::uint16_t>::max()) {
        fields.reject(fmt::format("'port' is {}", port));
        return 0;
    }
    return static_cast<std::uint16_t>(port);
}

std::optional<CommandKind> command_of(FieldReader& fields) {
    const std::string word = fields.text("command");
    const auto kind = command_kind(word);
    if (!kind) {
        fields.reject(fmt::format("'command' is '{}', which is no kind of guarded command", word));
    }
    return kind;
}

const json& list_of(FieldReader& fields, std::string_view key) {
    static const json none = json::array();
    const json& list = fields.any(key);
    if (!list.is_array() || list.size() > 3 * backends_max) {
        fields.reject(fmt::format("'{}' is not a list of at most {}", key, 3 * backends_max));
        return none;
    }
    return list;
}

namespace {

json to_json(const Entry& entry) {
    return {{"id", entry.id},
            {"host", entry.host},
            {"port", entry.port},
            {"attached", entry.attached},
            {"changed", to_json(entry.changed)},
            {"since_unix_ms", entry.since_unix_ms},
            {"by", hex_text(entry.by.value)},
            {"why", entry.why}};
}

Entry entry_of(FieldReader& fields) {
    Entry entry;
    entry.id = id_of(fields, "id");
    entry.host = fields.text("host");
    entry.port = port_of(fields);
    entry.attached = fields.flag("attached");
    entry.changed = version_of(fields, "changed");
    entry.since_unix_ms = fields.signed_number("since_unix_ms");
    entry.by = NodeId{fields.hex("by")};
    entry.why = fields.text("why");
    return entry;
}

json to_json(const Grant& grant) {
    return {{"command", to_text(grant.kind)}, {"id", grant.id},
            {"of", to_json(grant.of)},        {"node", hex_text(grant.node.value)},
            {"state", to_text(grant.state)},  {"exit_code", grant.exit_code}};
}

Grant grant_of(FieldReader& fields) {
    Grant grant;
    grant.kind = command_of(fields).value_or(CommandKind::failover);
    grant.id = id_of(fields, "id");
    grant.of = version_of(fields, "of");
    grant.node = NodeId{fields.hex("node")};
    const std::string state = fields.text("state");
    const std::array states{CommandState::granted, CommandState::done, CommandState::failed};
    const auto* const known =
        std::ranges::find_if(states, [&state](CommandState one) { return to_text(one) == state; });
    if (known == states.end()) {
        fields.reject(fmt::format("'state' is '{}'", state));
    } else {
        grant.state = *known;
    }
    grant.exit_code = fields.signed_number("exit_code");
    return grant;
}

/// Each item of a list; what is amiss in one is amiss in the whole.
template <typename Item, typename Read>
std::vector<Item> items_of(FieldReader& fields, std::string_view key, Read read) {
    std::vector<Item> items;
    for (const json& value : list_of(fields, key)) {
        FieldReader item(value); // NOLINT(misc-const-correctness): reading notes what is amiss
        items.push_back(read(item));
        if (!item.ok()) {
            fields.reject(fmt::format("{}: {}", key, item.failure().error().text));
            return {};
        }
    }
    return items;
}

} // namespace

json to_json(const Table& table) {
    json entries = json::array();
    for (const Entry& entry : table.entries) {
        entries.push_back(to_json(entry));
    }
    json grants = json::array();
    for (const Grant& grant : table.grants) {
        grants.push_back(to_json(grant));
    }
    json out = {{"version", to_json(table.version)},
                {"entries", std::move(entries)},
                {"primary_changed", to_json(table.primary_changed)},
                {"primary_since_unix_ms", table.primary_since_unix_ms},
                {"primary_by", hex_text(table.primary_by.value)},
                {"grants", std::move(grants)}};
    if (table.primary) {
        out["primary"] = *table.primary;
    }
    return out;
}

Result<Table> table_from_json(const json& value) {
    FieldReader fields(value);
    Table table;
    table.version = version_of(fields, "version");
    table.entries = items_of<Entry>(fields, "entries", entry_of);
    table.primary = optional_id_of(fields, "primary");
    table.primary_changed = version_of(fields, "primary_changed");
    table.primary_since_unix_ms = fields.signed_number("primary_since_unix_ms");
    table.primary_by = NodeId{fields.hex("primary_by")};
    table.grants = items_of<Grant>(fields, "grants", grant_of);
    const auto out_of_order = [](const Entry& left, const Entry& right) { return left.id >= right.id; };
    if (std::ranges::adjacent_find(table.entries, out_of_order) != table.entries.end()) {
        fields.reject("'entries' are not in the order of their ids");
    }
    if (!fields.ok()) {
        return fields.failure();
    }
    return table;
}

json to_json(const Replica& replica) {
    return {{"bound", replica.bound()},
            {"accepted", to_json(replica.accepted())},
            {"committed", to_json(replica.committed())}};
}

Result<Replica> replica_from_json(const json& value) {
    FieldReader fields(value);
    const std::uint64_t bound = fields.unsigned_number("bound");
    auto accepted = table_from_json(fields.any("accepted"));
    auto committed = table_from_json(fields.any("committed"));
    if (!fields.ok()) {
        return fields.failure();
    }
    if (!accepted || !committed) {
        return std::unexpected(accepted ? committed.error() : accepted.error());
    }
    return Replica(bound, *std::move(accepted), *std::move(committed));
}

} // namespace belay::databases
