#pragma once
// The holder's right to serve, and how answers to its heartbeats extend it (DESIGN section 3.3). The lease always ends
// before the promises it rests on: it counts from *before* the request was composed, is shortened by the clock drift
// and by the slack of the fence, and once it has ended nothing revives it.

#include "belay/core/ballot.hpp"
#include "belay/core/parameters.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace belay::core {

/// The end of a lease that rests on promises of at least `promised`, asked for by a request composed at `composed_at`.
/// What is promised beyond a lease is time for the kernel of a holder that hangs, not for the holder (section 4.3).
[[nodiscard]] constexpr Instant lease_end(Instant composed_at, Duration promised,
                                          const Parameters& parameters) noexcept {
    return composed_at + less_drift(std::min(promised, parameters.lease), parameters) - parameters.fence_slack;
}

class Lease {
public:
    /// A lease won by a vote. `voter_count` counts all whose answers may renew it; a majority of them does.
    Lease(const Ballot& ballot, Instant until, std::size_t voter_count);

    [[nodiscard]] const Ballot& ballot() const noexcept { return ballot_; }

    [[nodiscard]] Instant until() const noexcept { return until_; }

    [[nodiscard]] bool holds(Instant now) const noexcept { return now < until_; }

    /// An acceptor granted the renewal that was composed at `asked_at`, promising `promised`. Late, repeated and
    /// reordered answers are harmless. True when the lease got longer. An ended lease stays ended.
    bool record(Instant now, NodeId acceptor, Instant asked_at, Duration promised, const Parameters& parameters);

    /// When the request was composed that this acceptor answered last; nothing: none yet.
    [[nodiscard]] std::optional<Instant> last_answered(NodeId acceptor) const noexcept;

private:
    struct Renewal {
        NodeId acceptor;
        Instant asked_at;
        Duration promised;
    };

    Ballot ballot_;
    Instant until_;
    std::size_t voter_count_;
    std::vector<Renewal> renewals_; ///< the latest of each acceptor, the most recently composed first
};

} // namespace belay::core
