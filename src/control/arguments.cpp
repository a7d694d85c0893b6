// See arguments.hpp: what is wrong with an argument is said with its name and what it may be.
#include "arguments.hpp"

#include <algorithm>
#include <utility>

namespace belay::control {

using nlohmann::json;

std::string excerpt(std::string_view text) {
    constexpr std::size_t size_max = 40;
    return text.size() <= size_max ? std::string(text) : fmt::format("{}...", text.substr(0, size_max));
}

std::int64_t Arguments::count(std::string_view key, std::int64_t least, std::int64_t most) {
    return optional_count(key, least, most).value_or(required(key, least));
}

std::optional<std::int64_t> Arguments::optional_count(std::string_view key, std::int64_t least, std::int64_t most) {
    const json* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    // A number above the signed range turns negative.
    const std::int64_t number = value->is_number_integer() ? value->get<std::int64_t>() : least - 1;
    if (number < least || number > most || (value->is_number_unsigned() && number < 0)) {
        complain(fmt::format("'{}' of '{}' must be a whole number from {} to {}", key, command_, least, most));
        return std::nullopt;
    }
    return number;
}

Duration Arguments::ms(std::string_view key, std::int64_t least, Duration most) {
    return optional_ms(key, least, most).value_or(required(key, Duration(std::chrono::milliseconds(least))));
}

std::optional<Duration> Arguments::optional_ms(std::string_view key, std::int64_t least, Duration most) {
    const auto number = optional_count(key, least, to_ms(most));
    return number ? std::optional<Duration>(std::chrono::milliseconds(*number)) : std::nullopt;
}

bool Arguments::flag(std::string_view key) {
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

std::string Arguments::text(std::string_view key) {
    return optional_text(key).value_or(required(key, std::string("-")));
}

std::optional<std::string> Arguments::optional_text(std::string_view key) {
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

std::size_t Arguments::word(std::string_view key, std::span<const std::string_view> words) {
    const json* const value = find(key);
    if (value == nullptr) {
        return required(key, std::size_t{0});
    }
    if (value->is_string()) {
        const auto found = std::ranges::find(words, value->get_ref<const std::string&>());
        if (found != words.end()) {
            return static_cast<std::size_t>(found - words.begin());
        }
    }
    complain(fmt::format("'{}' of '{}' must be one of {}", key, command_, fmt::join(words, ", ")));
    return 0;
}

Result<Request> Arguments::finish(Request request) {
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

const json* Arguments::find(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) {
        known_.push_back(key);
    }
    const auto value = object_.find(key);
    return value == object_.end() || value->is_null() ? nullptr : &*value;
}

void Arguments::complain(std::string problem) {
    if (problem_.empty()) {
        problem_ = std::move(problem);
    }
}

std::string Arguments::choice() const {
    return known_.size() == 1 ? std::string("; it has none")
                              : fmt::format("; use {}", fmt::join(known_.begin() + 1, known_.end(), ", "));
}

} // namespace belay::control
