#pragma once
// Rules that join several values of a file, one function for each subject. Each reports every breach at the place of
// the value that should change, with the remedy.

#include "draft.hpp"
#include "report.hpp"

namespace belay::config {

/// Sections without which there is no cluster: [cluster], two to fifteen nodes, a VIP.
void check_presence(const Draft& draft, Report& report);

/// Lease, heartbeat interval, drift and slack (DESIGN section 3.3), the fence, the tiebreaker and its gateway.
void check_cluster(const Draft& draft, Report& report);

/// Members and witnesses, ids, and whether the channels of all nodes fit each other.
void check_nodes(const Draft& draft, Report& report);

/// No two nodes and no two channels on one address.
void check_node_addresses(const Draft& draft, Report& report);

/// No VIP that is anything else as well.
void check_vips(const Draft& draft, Report& report);

/// The keys that the service type needs, and those that mean nothing for it.
void check_service(const Draft& draft, Report& report);

/// What [pgpool] and the checks that need it owe the nodes' sections.
void check_pgpool(const Draft& draft, Report& report);

} // namespace belay::config
