#include "commands.hpp"

#include <algorithm>
#include <array>

namespace belay::cli {

namespace {

constexpr std::array<const Command*, 16> table{
    &status_command,   &nodes_command,        &vips_command,   &events_command,        &switchover_command,
    &takeover_command, &maintenance_command,  &db_command,     &guard_command,         &run_on_command,
    &reload_command,   &check_config_command, &keygen_command, &import_pgpool_command, &import_keepalived_command,
    &version_command,
};

} // namespace

std::span<const Command* const> commands() noexcept {
    return table;
}

const Command* find_command(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(table, name, &Command::name);
    return found == table.end() ? nullptr : *found;
}

} // namespace belay::cli
