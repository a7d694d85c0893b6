#pragma once
// What `belay db` prints, as JSON; belay(1) describes the fields. Pure: from what is shared to a document.

#include "belay/databases/shared.hpp"

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace belay::daemon {

[[nodiscard]] nlohmann::json database_table_json(const databases::Shared& shared, Instant now,
                                                 const std::function<std::string(NodeId)>& name_of);

} // namespace belay::daemon
