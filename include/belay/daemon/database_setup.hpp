#pragma once
// From settings to what shares the database nodes. Pure.

#include "belay/config/settings.hpp"
#include "belay/databases/orderer.hpp"
#include "belay/databases/table.hpp"

namespace belay::daemon {

/// `settings` has a [pgpool] section. Witnesses keep a copy of the table, and have no pgpool-II.
[[nodiscard]] databases::Setup database_setup(const config::Settings& settings, NodeId self);
[[nodiscard]] databases::Rules database_rules(const config::Pgpool& pgpool);
/// Whether the primary of the table is on the host of `self`: by `database` of its node, else by its addresses.
[[nodiscard]] bool is_near_primary(const config::Settings& settings, NodeId self, const databases::Table& table);

} // namespace belay::daemon
