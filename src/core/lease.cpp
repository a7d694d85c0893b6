#include "belay/core/lease.hpp"

#include "belay/core/quorum.hpp"
#include "belay/core/sabotage.hpp"

#include <algorithm>

namespace belay::core {

Lease::Lease(const Ballot& ballot, Instant until, std::size_t voter_count)
    : ballot_(ballot)
    , until_(until)
    , voter_count_(voter_count) {}

std::optional<Instant> Lease::last_answered(NodeId acceptor) const noexcept {
    const auto known = std::ranges::find(renewals_, acceptor, &Renewal::acceptor);
    return known == renewals_.end() ? std::nullopt : std::optional(known->asked_at);
}

bool Lease::record(Instant now, NodeId acceptor, Instant asked_at, Duration promised, const Parameters& parameters) {
    if (!holds(now) && !sabotage::is(sabotage::Break::late_answer_revives)) {
        return false;
    }
    asked_at = sabotage::is(sabotage::Break::lease_from_receipt) ? now : asked_at;
    const auto known = std::ranges::find(renewals_, acceptor, &Renewal::acceptor);
    if (known != renewals_.end()) {
        if (asked_at <= known->asked_at) {
            return false;
        }
        renewals_.erase(known);
    }
    const auto place =
        std::ranges::find_if(renewals_, [asked_at](const Renewal& other) { return other.asked_at < asked_at; });
    renewals_.insert(place, Renewal{.acceptor = acceptor, .asked_at = asked_at, .promised = promised});

    const std::size_t needed = majority(voter_count_) - (sabotage::is(sabotage::Break::minority_renews) ? 1 : 0);
    if (renewals_.size() < needed) {
        return false;
    }
    const auto last = renewals_.begin() + static_cast<std::ptrdiff_t>(needed);
    const Duration shortest = std::ranges::min_element(renewals_.begin(), last, {}, &Renewal::promised)->promised;
    const Instant end = lease_end(std::prev(last)->asked_at, shortest, parameters);
    if (end <= until_) {
        return false;
    }
    until_ = end;
    return true;
}

} // namespace belay::core
