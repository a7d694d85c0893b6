#pragma once
// The answers of the daemon as text for an operator. Pure: json in, text out; whatever is missing in the json is left
// out or shown as "-". Every text ends with a newline.

#include "belay/cli/text.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace belay::cli {

/// The first line says who serves and whether all is well; then what is wrong and what to do; then the details.
[[nodiscard]] std::string render_status(const nlohmann::json& result, const Style& style);

/// All nodes, then each channel to each of them.
[[nodiscard]] std::string render_nodes(const nlohmann::json& result, const Style& style);

[[nodiscard]] std::string render_vips(const nlohmann::json& result, const Style& style);

/// Role changes, the oldest first.
[[nodiscard]] std::string render_events(const nlohmann::json& result, const Style& style);

[[nodiscard]] std::string render_switchover(const nlohmann::json& result, const Style& style);
[[nodiscard]] std::string render_takeover(const nlohmann::json& result, const Style& style);
[[nodiscard]] std::string render_maintenance(const nlohmann::json& result, const Style& style);
[[nodiscard]] std::string render_reload(const nlohmann::json& result, const Style& style);

/// The database nodes, then what is wrong or waits.
[[nodiscard]] std::string render_db(const nlohmann::json& result, const Style& style);
[[nodiscard]] std::string render_db_act(const nlohmann::json& result, const Style& style);

/// The tables that `status` shares with `nodes` and `vips`.
[[nodiscard]] std::string node_table(const nlohmann::json& result, const Style& style);
[[nodiscard]] std::string vip_table(const nlohmann::json& result, const Style& style);

} // namespace belay::cli
