#include "belay/core/vip_probing.hpp"

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
    if (unanswered_ == 0 || asked_at - last_ > parameters.lease) {
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
