#pragma once
// How long the kernel keeps a VIP that nobody refreshes, and when to refresh it (DESIGN section 4.3): the last of the
// three layers that silence a holder whose daemon is gone.
//
// Linux counts lifetimes (valid_lft) in whole seconds, and its timer is coarse: it removes an address up to a quarter
// of a second early (ADDRCONF_TIMER_FUZZ) and up to about a second late (ADDRCONF_TIMER_FUZZ_MAX, when addresses
// expire one soon after another).

#include "belay/base/time.hpp"

#include <chrono>
#include <cstdint>

namespace belay::vip {

/// How much an address outlives a lease at the least when both began at once: what the kernel may be early, and half a
/// second in which nothing has to be refreshed.
inline constexpr Duration lifetime_margin = std::chrono::milliseconds(750);

/// What the kernel may be early.
inline constexpr Duration kernel_early_max = std::chrono::milliseconds(250);

/// What it may be late.
inline constexpr Duration kernel_late_max = std::chrono::milliseconds(1500);

/// The lifetime that every VIP is given, when it is added and at each refresh: the lease and a margin, in whole
/// seconds, rounded up. 2 s for a lease of 500 ms. After the end of a daemon its VIPs are gone within
/// lease + 3 s: the margin and the rounding are less than 1.75 s, the kernel is late by less than 1.25 s.
[[nodiscard]] constexpr std::chrono::seconds address_lifetime(Duration lease) noexcept {
    return std::chrono::ceil<std::chrono::seconds>(lease + lifetime_margin);
}

/// The longest time from a refresh until an address that is not refreshed again is gone. A holder may refresh until the
/// very end of its lease.
[[nodiscard]] constexpr Duration address_gone_max(Duration lease) noexcept {
    return address_lifetime(lease) + kernel_late_max;
}

/// For how long an acceptor promises where nothing else silences a holder (`fence = address`): a lease, and what its
/// address may outlive it, by the clock of an acceptor that is faster than the holder's by all that is assumed.
[[nodiscard]] constexpr Duration address_promise(Duration lease, std::uint32_t clock_drift_ppm) noexcept {
    constexpr std::int64_t million = 1'000'000;
    const Duration gone = address_gone_max(lease);
    return lease + gone + (gone * static_cast<std::int64_t>(clock_drift_ppm) / million);
}

/// When to refresh. A pure value; one thread.
class RefreshSchedule {
public:
    /// `lease` is the configured one.
    explicit constexpr RefreshSchedule(Duration lease) noexcept
        : lifetime_(address_lifetime(lease)) {}

    /// Every address got its whole lifetime at `at` or later.
    constexpr void refreshed(Instant at) noexcept { refreshed_at_ = at; }

    /// The first instant at which the kernel may remove an address.
    [[nodiscard]] constexpr Instant gone_at_earliest() const noexcept {
        return refreshed_at_ + lifetime_ - kernel_early_max;
    }

    /// To be asked whenever the lease was extended: whether an address could be gone before it ends. Never when it has
    /// ended already: the addresses of a holder without a lease are left to their end.
    [[nodiscard]] constexpr bool due(Instant now, Instant lease_until) const noexcept {
        return now < lease_until && gone_at_earliest() < lease_until;
    }

private:
    Duration lifetime_;
    Instant refreshed_at_;
};

} // namespace belay::vip
