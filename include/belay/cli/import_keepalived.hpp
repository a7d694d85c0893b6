#pragma once
// keepalived.conf with VRRP instances -> belay.ini, and what became of each statement. What keepalived learns from
// multicast (who the others are) must come from unicast_peer or the options. Pure.

#include "belay/cli/import_result.hpp"

#include <string_view>

namespace belay::cli {

/// Any bytes may be given. The result is checked by the configuration's own loader, and then ok().
[[nodiscard]] Imported import_keepalived(std::string_view text, const ImportOptions& options);

} // namespace belay::cli
