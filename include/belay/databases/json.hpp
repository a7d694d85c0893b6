#pragma once
// Messages and the kept copy as JSON, for the info channel and the runtime directory. Decoding refuses what it does not
// understand and never throws. Pure.

#include "belay/base/result.hpp"
#include "belay/databases/message.hpp"
#include "belay/databases/replica.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>

namespace belay::databases {

/// pgpool-II's own limit of database nodes; more are refused.
inline constexpr std::size_t backends_max = 128;

[[nodiscard]] nlohmann::json to_json(const Message& message);
[[nodiscard]] Result<Message> message_from_json(const nlohmann::json& value);

[[nodiscard]] nlohmann::json to_json(const Table& table);
[[nodiscard]] Result<Table> table_from_json(const nlohmann::json& value);

[[nodiscard]] nlohmann::json to_json(const Replica& replica);
[[nodiscard]] Result<Replica> replica_from_json(const nlohmann::json& value);

} // namespace belay::databases
