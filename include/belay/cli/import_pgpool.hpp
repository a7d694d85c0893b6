#pragma once
// pgpool.conf with watchdog settings (3.4 to 4.x) -> belay.ini, a diff of what to change in pgpool.conf, and what
// became of each watchdog setting. Nothing in it is read from this host; names are resolved by the caller's function.
// Pure.

#include "belay/cli/import_result.hpp"

#include <string_view>

namespace belay::cli {

/// Any bytes may be given. The result is checked by the configuration's own loader, and then ok().
[[nodiscard]] Imported import_pgpool(std::string_view text, const ImportOptions& options);

} // namespace belay::cli
