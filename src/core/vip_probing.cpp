#include "belay/core/vip_probing.hpp"

#include "belay/core/sabotage.hpp"

namespace belay::core {

void VipProbing::record(Instant asked_at, ProbeOutcome outcome, const Parameters& parameters) noexcept {
    switch (outcome) {
    case ProbeOutcome::answered:
        begin_again();
        answered_ = asked_at;
        return;
    case ProbeOutcome::rival:
        return;
    case ProbeOutcome::unanswered:
        break;
    }
    const bool paused = asked_at - last_ > parameters.lease && !sabotage::is(sabotage::Break::probing_pause_counts);
    if (unanswered_ == 0 || paused) {
        unanswered_ = 0;
        first_ = asked_at;
    }
    ++unanswered_;
    last_ = asked_at;
}

bool VipProbing::nobody_there(Instant now, const Parameters& parameters) const noexcept {
    return unanswered_ >= probes_min && last_ - first_ >= 2 * parameters.lease && now - last_ <= parameters.lease;
}

bool VipProbing::somebody_there(Instant now, const Parameters& parameters) const noexcept {
    return answered_ && now - *answered_ <= parameters.lease;
}

} // namespace belay::core
