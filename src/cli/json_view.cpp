#include "belay/cli/json_view.hpp"

#include "belay/cli/text.hpp"

#include <cmath>
#include <fmt/format.h>

namespace belay::cli {

using nlohmann::json;

const json& member_of(const json& object, std::string_view key) {
    static const json nothing;
    if (!object.is_object()) {
        return nothing;
    }
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string text_of(const json& object, std::string_view key) {
    const json& value = member_of(object, key);
    return value.is_string() ? clean(value.get_ref<const std::string&>()) : std::string();
}

std::optional<std::int64_t> number_of(const json& object, std::string_view key) {
    const json& value = member_of(object, key);
    if (value.is_number_float()) {
        constexpr double exact_max = 9e15; // whole numbers beyond it are not exact, and the cast may not fit
        const double number = value.get<double>();
        return std::abs(number) <= exact_max ? std::optional(std::llround(number)) : std::nullopt;
    }
    return value.is_number() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

std::string number_text_of(const json& object, std::string_view key) {
    const json& value = member_of(object, key);
    return value.is_number() ? value.dump() : "-";
}

bool flag_of(const json& object, std::string_view key, bool otherwise) {
    const json& value = member_of(object, key);
    return value.is_boolean() ? value.get<bool>() : otherwise;
}

const json& list_of(const json& object, std::string_view key) {
    static const json empty = json::array();
    const json& value = member_of(object, key);
    return value.is_array() ? value : empty;
}

} // namespace belay::cli
