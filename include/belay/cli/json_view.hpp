#pragma once
// Reading what the daemon answered without ever being surprised: a daemon of another version may leave things out or
// give them another type, and the operator still wants to see the rest. Nothing here throws. Pure.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace belay::cli {

/// The member, or a null when `object` has none of that name or is no object. It lives as long as `object`.
[[nodiscard]] const nlohmann::json& member_of(const nlohmann::json& object, std::string_view key);

/// The text, made clean() for a terminal; empty when there is none.
[[nodiscard]] std::string text_of(const nlohmann::json& object, std::string_view key);

[[nodiscard]] std::optional<std::int64_t> number_of(const nlohmann::json& object, std::string_view key);

/// The number as text; "-" when there is none.
[[nodiscard]] std::string number_text_of(const nlohmann::json& object, std::string_view key);

[[nodiscard]] bool flag_of(const nlohmann::json& object, std::string_view key, bool otherwise = false);

/// The array, or an empty one. It lives as long as `object`.
[[nodiscard]] const nlohmann::json& list_of(const nlohmann::json& object, std::string_view key);

} // namespace belay::cli
