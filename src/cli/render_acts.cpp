// What commands that change something print, as text.

#include "belay/cli/json_view.hpp"
#include "belay/cli/render.hpp"

#include <fmt/format.h>

namespace belay::cli {

namespace {

using nlohmann::json;

/// What the daemon says in words, or else what its facts amount to.
std::string words_or(const json& result, const std::string& facts, const Style& style) {
    const std::string words = text_of(result, "text");
    return wrap(style, "", words.empty() ? facts : words);
}

} // namespace

std::string render_switchover(const json& result, const Style& style) {
    const std::string from = text_of(result, "from");
    const std::string to = text_of(result, "to");
    return words_or(result,
                    fmt::format("handed over from {} to {}", from.empty() ? "nobody" : from,
                                to.empty() ? "the best candidate" : to),
                    style);
}

std::string render_db_act(const json& result, const Style& style) {
    return words_or(result, "done", style);
}

std::string render_takeover(const json& result, const Style& style) {
    return words_or(result, "this node takes over", style);
}

std::string render_maintenance(const json& result, const Style& style) {
    return words_or(result, flag_of(result, "on") ? "maintenance is on" : "maintenance is off", style);
}

std::string render_reload(const json& result, const Style& style) {
    const json& changed = list_of(result, "changed");
    std::string out = words_or(result, changed.empty() ? "reloaded: nothing changed" : "reloaded", style);
    for (const json& key : changed) {
        if (key.is_string()) {
            out += wrap(style, "  changed: ", clean(key.get<std::string>()));
        }
    }
    return out;
}

} // namespace belay::cli
