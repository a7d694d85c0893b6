#include "belay/base/json_text.hpp"

#include <algorithm>

namespace belay {

std::size_t nesting_depth(std::string_view text) noexcept {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (in_string) {
            at += letter == '\\' ? 1U : 0U; // whatever is escaped, it does not end the string
            in_string = letter != '"';
        } else if (letter == '"') {
            in_string = true;
        } else if (letter == '[' || letter == '{') {
            deepest = std::max(deepest, ++depth);
        } else if ((letter == ']' || letter == '}') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

Result<nlohmann::json> parse_json(std::string_view text) {
    if (const std::size_t depth = nesting_depth(text); depth > json_depth_max) {
        return fail("JSON is nested {} deep; the limit is {}", depth, json_depth_max);
    }
    nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) {
        return fail("{} bytes are not JSON", text.size());
    }
    return value;
}

std::string to_line(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace belay
