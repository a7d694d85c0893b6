// Each message as a JSON object: its member `say` names the kind.

#include "belay/databases/json.hpp"

#include "json_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace belay::databases {

using nlohmann::json;

namespace {

using Kind = message::Report::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 4> report_kinds{{{Kind::detached, "detached"},
                                                                         {Kind::attached, "attached"},
                                                                         {Kind::primary, "primary"},
                                                                         {Kind::command, "command"}}};

json to_json(const Sightings& sightings) {
    json backends = json::array();
    for (const Sighting& one : sightings.backends) {
        backends.push_back({{"id", one.id}, {"host", one.host}, {"port", one.port}, {"attached", one.attached}});
    }
    json out = {{"backends", std::move(backends)}};
    if (sightings.primary) {
        out["primary"] = *sightings.primary;
    }
    return out;
}

struct Writer {
    json operator()(const message::Read& it) const { return {{"say", "read"}, {"term", it.term}}; }

    json operator()(const message::State& it) const {
        json out = {{"say", "state"}, {"term", it.term}, {"accepted", databases::to_json(it.accepted)}};
        if (it.sightings) {
            out["sightings"] = to_json(*it.sightings);
        }
        return out;
    }

    json operator()(const message::Write& it) const {
        return {{"say", "write"}, {"term", it.term}, {"table", databases::to_json(it.table)}};
    }

    json operator()(const message::Ack& it) const {
        return {{"say", "ack"}, {"term", it.term}, {"version", databases::to_json(it.version)}};
    }

    json operator()(const message::Commit& it) const {
        json out = {{"say", "commit"}, {"version", databases::to_json(it.version)}};
        if (it.table) {
            out["table"] = databases::to_json(*it.table);
        }
        return out;
    }

    json operator()(const message::Behind& it) const {
        return {{"say", "behind"}, {"version", databases::to_json(it.version)}};
    }

    json operator()(const message::Report& it) const {
        const auto* const kind = std::ranges::find(report_kinds, it.kind, &std::pair<Kind, std::string_view>::first);
        json out = {{"say", "report"},
                    {"number", it.number},
                    {"kind", kind->second},
                    {"id", it.id},
                    {"host", it.host},
                    {"port", it.port},
                    {"base", databases::to_json(it.base)},
                    {"operator_asked", it.operator_asked}};
        if (it.command) {
            out["command"] = to_text(*it.command);
            out["command_id"] = it.command_id;
        }
        return out;
    }

    json operator()(const message::Verdict& it) const {
        return {{"say", "verdict"},
                {"number", it.number},
                {"accepted", it.accepted},
                {"version", databases::to_json(it.version)},
                {"text", it.text}};
    }

    json operator()(const message::Done& it) const {
        return {{"say", "done"},
                {"command", to_text(it.kind)},
                {"id", it.id},
                {"of", databases::to_json(it.of)},
                {"exit_code", it.exit_code}};
    }

    json operator()(const message::Order& it) const {
        return {{"say", "order"},
                {"number", it.number},
                {"act", it.act == message::Order::Act::promote ? "promote" : "recover"},
                {"id", it.id}};
    }
};

Sightings sightings_of(FieldReader& fields) {
    Sightings sightings{.backends = {}, .primary = optional_id_of(fields, "primary")};
    for (const json& value : list_of(fields, "backends")) {
        FieldReader one(value);
        Sighting sighting{.id = id_of(one, "id"), .host = one.text("host"), .port = port_of(one)};
        sighting.attached = one.flag("attached");
        sightings.backends.push_back(std::move(sighting));
        if (!one.ok()) {
            fields.reject(fmt::format("backends: {}", one.failure().error().text));
        }
    }
    return sightings;
}

Table table_in(FieldReader& fields, std::string_view key) {
    auto table = table_from_json(fields.any(key));
    if (!table) {
        fields.reject(fmt::format("{}: {}", key, table.error().text));
        return {};
    }
    return *std::move(table);
}

Message state_of(FieldReader& fields) {
    message::State state{
        .term = fields.unsigned_number("term"), .accepted = table_in(fields, "accepted"), .sightings = {}};
    if (fields.has("sightings")) {
        FieldReader sightings(fields.any("sightings"));
        state.sightings = sightings_of(sightings);
        if (!sightings.ok()) {
            fields.reject(fmt::format("sightings: {}", sightings.failure().error().text));
        }
    }
    return state;
}

Message report_of(FieldReader& fields) {
    message::Report report;
    report.number = fields.unsigned_number("number");
    const std::string word = fields.text("kind");
    const auto* const kind = std::ranges::find(report_kinds, word, &std::pair<Kind, std::string_view>::second);
    if (kind == report_kinds.end()) {
        fields.reject(fmt::format("'kind' is '{}'", word));
        return report;
    }
    report.kind = kind->first;
    report.id = id_of(fields, "id");
    report.host = fields.text("host");
    report.port = port_of(fields);
    report.base = version_of(fields, "base");
    report.operator_asked = fields.flag("operator_asked");
    if (fields.has("command")) {
        report.command = command_of(fields);
        report.command_id = id_of(fields, "command_id");
    } else if (report.kind == Kind::command) {
        fields.reject("'command' is missing");
    }
    return report;
}

Message order_of(FieldReader& fields) {
    message::Order order{.number = fields.unsigned_number("number"), .act = {}, .id = id_of(fields, "id")};
    const std::string act = fields.text("act");
    if (act != "promote" && act != "recover") {
        fields.reject(fmt::format("'act' is '{}'", act));
    }
    order.act = act == "recover" ? message::Order::Act::recover : message::Order::Act::promote;
    return order;
}

Message done_of(FieldReader& fields) {
    return message::Done{.kind = command_of(fields).value_or(CommandKind::failover),
                         .id = id_of(fields, "id"),
                         .of = version_of(fields, "of"),
                         .exit_code = fields.signed_number("exit_code")};
}

Message commit_of(FieldReader& fields) {
    message::Commit commit{.version = version_of(fields, "version"), .table = {}};
    if (fields.has("table")) {
        commit.table = table_in(fields, "table");
    }
    return commit;
}

struct Form {
    std::string_view say;
    Message (*read)(FieldReader& fields);
};

constexpr std::array<Form, std::variant_size_v<Message>> forms{{
    {"read", [](FieldReader& in) -> Message { return message::Read{.term = in.unsigned_number("term")}; }},
    {"state", state_of},
    {"write",
     [](FieldReader& in) -> Message {
         return message::Write{.term = in.unsigned_number("term"), .table = table_in(in, "table")};
     }},
    {"ack",
     [](FieldReader& in) -> Message {
         return message::Ack{.term = in.unsigned_number("term"), .version = version_of(in, "version")};
     }},
    {"commit", commit_of},
    {"behind", [](FieldReader& in) -> Message { return message::Behind{.version = version_of(in, "version")}; }},
    {"report", report_of},
    {"verdict",
     [](FieldReader& in) -> Message {
         return message::Verdict{.number = in.unsigned_number("number"),
                                 .accepted = in.flag("accepted"),
                                 .version = version_of(in, "version"),
                                 .text = in.text("text")};
     }},
    {"done", done_of},
    {"order", order_of},
}};

} // namespace

json to_json(const Message& message) {
    return std::visit(Writer{}, message);
}

Result<Message> message_from_json(const json& value) {
    FieldReader fields(value);
    const std::string say = fields.text("say");
    const auto* const form = std::ranges::find(forms, say, &Form::say);
    if (fields.ok() && form == forms.end()) {
        return fail("'{}' is no message about database nodes; is that node of another version?", say);
    }
    if (!fields.ok()) {
        return fields.failure();
    }
    Message message = form->read(fields);
    if (!fields.ok()) {
        return fail("bad message '{}': {}", say, fields.failure().error().text);
    }
    return message;
}

} // namespace belay::databases
