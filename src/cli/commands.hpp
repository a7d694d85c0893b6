#pragma once
// The rows of the table of commands, each defined in the file of its name.

#include "belay/cli/command.hpp"

namespace belay::cli {

extern const Command status_command;
extern const Command nodes_command;
extern const Command vips_command;
extern const Command events_command;
extern const Command switchover_command;
extern const Command takeover_command;
extern const Command maintenance_command;
extern const Command db_command;
extern const Command guard_command;
extern const Command run_on_command;
extern const Command reload_command;
extern const Command check_config_command;
extern const Command keygen_command;
extern const Command import_pgpool_command;
extern const Command import_keepalived_command;
extern const Command version_command;

} // namespace belay::cli
