#pragma once
// `[announce]` of the configuration as the keeper of the VIPs uses it: asking before, announcing after, and what is
// done about a foreign host in between.

#include "belay/vip/announcer.hpp"
#include "belay/vip/prober.hpp"

namespace belay::daemon {

struct ClaimPolicy {
    vip::Pace pace;
    vip::ProbePace probe;
    bool defends = false; ///< `conflict = defend`: VIPs are put up whoever answers for them
};

} // namespace belay::daemon
