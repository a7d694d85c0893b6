#pragma once
// Pieces of JSON that the table and the messages share. What is amiss is noted in the reader.

#include "belay/base/json_fields.hpp"
#include "belay/databases/json.hpp"

#include <optional>
#include <string_view>

namespace belay::databases {

[[nodiscard]] nlohmann::json to_json(const Version& version);
[[nodiscard]] Version version_of(FieldReader& fields, std::string_view key);
/// Of a database node.
[[nodiscard]] std::uint32_t id_of(FieldReader& fields, std::string_view key);
[[nodiscard]] std::optional<std::uint32_t> optional_id_of(FieldReader& fields, std::string_view key);
[[nodiscard]] std::uint16_t port_of(FieldReader& fields);
/// In the member `command`.
[[nodiscard]] std::optional<CommandKind> command_of(FieldReader& fields);
/// A list of bounded length; an empty one when there is none.
[[nodiscard]] const nlohmann::json& list_of(FieldReader& fields, std::string_view key);

} // namespace belay::databases
