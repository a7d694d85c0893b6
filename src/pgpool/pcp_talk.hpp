#pragma once
// What is said over an open PCP connection for each wish of the client's: a look, a command, a reload.

#include "pcp_connection.hpp"

#include "belay/pgpool/backend.hpp"
#include "belay/pgpool/pcp_reply.hpp"
#include "belay/pgpool/pcp_taken.hpp"

#include <vector>

namespace belay::pgpool {

/// All database nodes, in the order of their ids.
PcpTask<PcpAnswer<std::vector<PcpNode>>> look(PcpConnection& connection);

/// What is so already needs no success at pgpool-II, unless `taken` knows that it will not stay so. The connection must
/// be a new one: see pcp_keeping.hpp.
PcpTask<PcpAnswer<void>> tell(PcpConnection& connection, const Command& command, PcpTaken& taken, PcpTaken::Time now);

PcpTask<PcpAnswer<void>> reload(PcpConnection& connection);

} // namespace belay::pgpool
