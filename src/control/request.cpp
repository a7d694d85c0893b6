#include "belay/control/request.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace belay::control {

namespace {

using nlohmann::json;

/// A piece of somebody's input as it may stand in an error: short, whatever was sent.
std::string excerpt(std::string_view text) {
    constexpr std::size_t size_max = 40;
    return text.size() <= size_max ? std::string(text) : fmt::format("{}...", text.substr(0, size_max));
}

/// The arguments of one request: read one by one, each by its type, then finish() finds what nobody asked for.
/// After a first error the rest reads as absent, and finish() returns that error.
class Arguments {
public:
    Arguments(const json& object, std::string_view command)
        : object_(object)
        , command_(command)
        , known_{"command"} {}

    std::int64_t count(std::string_view key, std::int64_t least, std::int64_t most) {
        return optional_count(key, least, most).value_or(required(key, least));
    }

    std::optional<std::int64_t> optional_count(std::string_view key, std::int64_t least, std::int64_t most) {
        const json* const value = find(key);
        if (value == nullptr) {
            return std::nullopt;
        }
        // A number above the signed range turns negative here, and is refused as such: no range starts below zero.
        const std::int64_t number = value->is_number_integer() ? value->get<std::int64_t>() : least - 1;
        if (number < least || number > most) {
            complain(fmt::format("'{}' of '{}' must be a whole number from {} to {}", key, command_, least, most));
            return std::nullopt;
        }
        return number;
    }

    std::optional<Duration> optional_ms(std::string_view key, std::int64_t least, Duration most) {
        const auto number = optional_count(key, least, to_ms(most));
        return number ? std::optional<Duration>(std::chrono::milliseconds(*number)) : std::nullopt;
    }

    bool flag(std::string_view key) {
        const json* const value = find(key);
        if (value == nullptr) {
            return required(key, false);
        }
        if (!value->is_boolean()) {
            complain(fmt::format("'{}' of '{}' must be true or false", key, command_));
            return false;
        }
        return value->get<bool>();
    }

    std::optional<std::string> optional_text(std::string_view key) {
        const json* const value = find(key);
        if (value == nullptr) {
            return std::nullopt;
        }
        if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
            complain(fmt::format("'{}' of '{}' must be a text that is not empty", key, command_));
            return std::nullopt;
        }
        return value->get<std::string>();
    }

    std::string text(std::string_view key) { return optional_text(key).value_or(required(key, std::string("-"))); }

    Result<Request> finish(Request request) {
        for (const auto& [key, value] : object_.items()) {
            if (std::ranges::find(known_, key) == known_.end()) {
                complain(fmt::format("'{}' takes no argument '{}'{}", command_, excerpt(key), choice()));
            }
        }
        if (!problem_.empty()) {
            return fail("{}", problem_);
        }
        return request;
    }

private:
    /// Null counts as left out.
    const json* find(std::string_view key) {
        if (std::ranges::find(known_, key) == known_.end()) {
            known_.push_back(key);
        }
        const auto value = object_.find(key);
        return value == object_.end() || value->is_null() ? nullptr : &*value;
    }

    template <typename T>
    T required(std::string_view key, T fallback) {
        if (find(key) == nullptr) {
            complain(fmt::format("'{}' needs the argument '{}'", command_, key));
        }
        return fallback;
    }

    void complain(std::string problem) {
        if (problem_.empty()) {
            problem_ = std::move(problem);
        }
    }

    [[nodiscard]] std::string choice() const {
        return known_.size() == 1 ? std::string("; it has none")
                                  : fmt::format("; use {}", fmt::join(known_.begin() + 1, known_.end(), ", "));
    }

    const json& object_;
    std::string_view command_;
    std::vector<std::string_view> known_;
    std::string problem_;
};

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

/// One row per command, in the order of the alternatives of Request.
struct Form {
    std::string_view name;
    bool changes;
    Result<Request> (*read)(Arguments& in);
};

constexpr std::array forms{
    Form{"status", false, read_plain<request::Status>},
    Form{"nodes", false, read_plain<request::Nodes>},
    Form{"vips", false, read_plain<request::Vips>},
    Form{"events", false, read_events},
    Form{"switchover", true, read_switchover},
    Form{"takeover", true, read_takeover},
    Form{"maintenance", true, read_maintenance},
    Form{"reload", true, read_plain<request::Reload>},
    Form{"version", false, read_plain<request::Version>},
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

    void operator()(const auto& without_arguments) const { static_cast<void>(without_arguments); }
};

} // namespace

std::string_view name(const Request& request) noexcept {
    return form_of(request).name;
}

bool changes(const Request& request) noexcept {
    return form_of(request).changes;
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
