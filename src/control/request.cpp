#include "belay/control/request.hpp"

#include "arguments.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

namespace belay::control {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> acts{"detach", "attach", "promote", "recover"};
constexpr std::array<std::string_view, 3> guard_kinds{"failover", "failback", "follow_primary"};

template <typename Plain>
Result<Request> read_plain(Arguments& in) {
    return in.finish(Plain{});
}

Result<Request> read_events(Arguments& in) {
    return in.finish(
        request::Events{.count = static_cast<std::uint32_t>(in.count("count", 1, request::Events::count_max))});
}

Result<Request> read_switchover(Arguments& in) {
    return in.finish(request::Switchover{.to = in.optional_text("to"),
                                         .wait = in.optional_ms("wait_ms", 0, request::Switchover::wait_max)});
}

Result<Request> read_takeover(Arguments& in) {
    return in.finish(request::Takeover{.fenced = in.text("i_have_fenced")});
}

Result<Request> read_maintenance(Arguments& in) {
    return in.finish(request::Maintenance{.on = in.flag("on"),
                                          .length = in.optional_ms("for_ms", 1, request::Maintenance::length_max)});
}

Result<Request> read_db_act(Arguments& in) {
    const auto act = static_cast<request::DbAct::Act>(in.word("act", acts));
    const auto database = static_cast<std::uint32_t>(in.count("id", 0, request::database_id_max));
    return in.finish(
        request::DbAct{.act = act, .id = database, .wait = in.optional_ms("wait_ms", 0, request::DbAct::wait_max)});
}

/// pgpool-II writes -1 where there is no such database node.
std::optional<std::uint32_t> database_or_none(Arguments& in, std::string_view key) {
    const auto number = in.optional_count(key, -1, request::database_id_max);
    return number && *number >= 0 ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

Result<Request> read_guard(Arguments& in) {
    request::Guard guard;
    guard.kind = static_cast<request::Guard::Kind>(in.word("kind", guard_kinds));
    guard.id = static_cast<std::uint32_t>(in.count("id", 0, request::database_id_max));
    guard.new_main = database_or_none(in, "new_main");
    guard.old_primary = database_or_none(in, "old_primary");
    guard.deadline = in.ms("deadline_ms", 1, request::Guard::deadline_max);
    return in.finish(guard);
}

Result<Request> read_guard_done(Arguments& in) {
    return in.finish(
        request::GuardDone{.ticket = in.text("ticket"), .exit_code = static_cast<int>(in.count("exit_code", 0, 255))});
}

Result<Request> read_follow(Arguments& in) {
    const auto after = in.optional_count("after", 0, std::numeric_limits<std::int64_t>::max());
    return in.finish(request::Follow{.after = after ? std::optional(static_cast<std::uint64_t>(*after)) : std::nullopt,
                                     .wait = in.ms("wait_ms", 0, request::Follow::wait_max)});
}

Result<Request> read_confirm(Arguments& in) {
    const auto number = in.count("number", 0, std::numeric_limits<std::int64_t>::max());
    return in.finish(request::Confirm{.number = static_cast<std::uint64_t>(number), .ok = in.flag("ok")});
}

/// One row per command, in the order of the alternatives of Request.
struct Form {
    std::string_view name;
    Right right;
    Result<Request> (*read)(Arguments& in);
};

constexpr std::array forms{
    Form{"status", Right::read, read_plain<request::Status>},
    Form{"nodes", Right::read, read_plain<request::Nodes>},
    Form{"vips", Right::read, read_plain<request::Vips>},
    Form{"events", Right::read, read_events},
    Form{"switchover", Right::change, read_switchover},
    Form{"takeover", Right::change, read_takeover},
    Form{"maintenance", Right::change, read_maintenance},
    Form{"reload", Right::change, read_plain<request::Reload>},
    Form{"version", Right::read, read_plain<request::Version>},
    Form{"db", Right::read, read_plain<request::Db>},
    Form{"db_act", Right::change, read_db_act},
    Form{"guard", Right::guard, read_guard},
    Form{"guard_done", Right::guard, read_guard_done},
    Form{"follow", Right::read, read_follow},
    Form{"confirm", Right::confirm, read_confirm},
};

static_assert(forms.size() == std::variant_size_v<Request>);

const Form& form_of(const Request& request) noexcept {
    return forms.at(request.index());
}

void write_duration(json& object, const char* key, const std::optional<Duration>& value) {
    if (value) {
        object[key] = to_ms(*value);
    }
}

void write_database(json& object, const char* key, const std::optional<std::uint32_t>& database) {
    object[key] = database ? json(*database) : json(-1);
}

/// Puts the arguments of a request beside its command.
struct ArgumentWriter {
    json& object;

    void operator()(const request::Events& events) const { object["count"] = events.count; }

    void operator()(const request::Switchover& switchover) const {
        if (switchover.to) {
            object["to"] = *switchover.to;
        }
        write_duration(object, "wait_ms", switchover.wait);
    }

    void operator()(const request::Takeover& takeover) const { object["i_have_fenced"] = takeover.fenced; }

    void operator()(const request::Maintenance& maintenance) const {
        object["on"] = maintenance.on;
        write_duration(object, "for_ms", maintenance.length);
    }

    void operator()(const request::DbAct& asked) const {
        object["act"] = request::word_of(asked.act);
        object["id"] = asked.id;
        write_duration(object, "wait_ms", asked.wait);
    }

    void operator()(const request::Guard& guard) const {
        object["kind"] = request::word_of(guard.kind);
        object["id"] = guard.id;
        write_database(object, "new_main", guard.new_main);
        write_database(object, "old_primary", guard.old_primary);
        write_duration(object, "deadline_ms", guard.deadline);
    }

    void operator()(const request::GuardDone& done) const {
        object["ticket"] = done.ticket;
        object["exit_code"] = done.exit_code;
    }

    void operator()(const request::Follow& follow) const {
        if (follow.after) {
            object["after"] = *follow.after;
        }
        write_duration(object, "wait_ms", follow.wait);
    }

    void operator()(const request::Confirm& confirm) const {
        object["number"] = confirm.number;
        object["ok"] = confirm.ok;
    }

    void operator()(const auto& without_arguments) const { static_cast<void>(without_arguments); }
};

} // namespace

std::string_view name(const Request& request) noexcept {
    return form_of(request).name;
}

Right right_for(const Request& request) noexcept {
    return form_of(request).right;
}

std::string_view request::word_of(DbAct::Act act) noexcept {
    return acts.at(static_cast<std::size_t>(act));
}

std::string_view request::word_of(Guard::Kind kind) noexcept {
    return guard_kinds.at(static_cast<std::size_t>(kind));
}

Result<Request> parse_request(std::string_view line) {
    if (line.size() > request_size_max) {
        return fail("the request is longer than {} bytes", request_size_max);
    }
    const json parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object()) {
        return fail(R"(the request is not a JSON object on one line; write for example {{"command":"status"}})");
    }
    const auto command = parsed.find("command");
    if (command == parsed.end() || !command->is_string()) {
        return fail(R"(the request has no command; write for example {{"command":"status"}})");
    }
    const auto& wanted = command->get_ref<const std::string&>();
    const auto* const form = std::ranges::find(forms, wanted, &Form::name);
    if (form == forms.end()) {
        std::vector<std::string_view> names;
        std::ranges::transform(forms, std::back_inserter(names), &Form::name);
        return fail("unknown command '{}'; use one of {}", excerpt(wanted), fmt::join(names, ", "));
    }
    Arguments arguments(parsed, form->name);
    return form->read(arguments);
}

std::string to_line(const Request& request) {
    json object = json::object();
    object["command"] = name(request);
    std::visit(ArgumentWriter{object}, request);
    return object.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

} // namespace belay::control
