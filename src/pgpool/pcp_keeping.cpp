#include "belay/pgpool/pcp_keeping.hpp"

namespace belay::pgpool {

void PcpKeeping::saw(const std::vector<PcpNode>& nodes, Time now) {
    if (nodes != nodes_) {
        nodes_ = nodes;
        changed_ = now;
    }
}

bool PcpKeeping::may_keep(Time now) const noexcept {
    return now - changed_ >= limits_.quiet_min && now - opened_ < limits_.age_max;
}

} // namespace belay::pgpool
