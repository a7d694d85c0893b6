#pragma once
// JSON text from strangers: nested at most json_depth_max deep, and parsed without exceptions. Pure.

#include "belay/base/result.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace belay {

/// Enough for every message and every answer of a control command; the library's printer recurses once per level.
inline constexpr std::size_t json_depth_max = 32;

/// The deepest nesting of brackets outside of strings; text that is not JSON gives some number.
[[nodiscard]] std::size_t nesting_depth(std::string_view text) noexcept;

/// Fails on text that is not JSON, not UTF-8 or nested too deeply. Never throws.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text);

/// One line. Bytes that are not UTF-8 become replacement characters, so this cannot fail.
[[nodiscard]] std::string to_line(const nlohmann::json& value);

} // namespace belay
