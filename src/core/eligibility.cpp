#include "belay/core/eligibility.hpp"

namespace belay::core {

std::optional<Obstacle> Eligibility::obstacle(Instant now) const {
    if (stopping) {
        return Obstacle{.why = Why::stopping, .words = "the daemon is stopping"};
    }
    if (witness_) {
        return Obstacle{.why = Why::none, .words = "a witness only votes"};
    }
    if (refusal) {
        return Obstacle{.why = Why::refused, .words = *refusal};
    }
    if (maintenance.on && (!maintenance.until || now < *maintenance.until)) {
        return Obstacle{.why = Why::maintenance, .words = "the node is in maintenance"};
    }
    if (!links.good) {
        return Obstacle{.why = Why::link_lost, .words = links.detail};
    }
    if (!service.good) {
        return Obstacle{.why = Why::service_failed, .words = service.detail};
    }
    if (address_refusal && now < address_refused_until) {
        return Obstacle{.why = Why::address_refused, .words = *address_refusal};
    }
    return std::nullopt;
}

std::optional<Instant> Eligibility::next_change(Instant now) const {
    std::optional<Instant> next;
    const auto consider = [&next, now](Instant at) {
        if (now < at && (!next || at < *next)) {
            next = at;
        }
    };
    if (maintenance.on && maintenance.until) {
        consider(*maintenance.until);
    }
    if (address_refusal) {
        consider(address_refused_until);
    }
    return next;
}

} // namespace belay::core
