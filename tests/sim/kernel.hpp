#pragma once
// What one host's kernel holds of the VIPs, and goes on holding while the daemon is stopped or dead (DESIGN section 4):
// the address with its lifetime, the fence's lease element and the ticket element with their timeouts. All VIPs of a
// host share their fate here. nf_tables counts timeouts in jiffies, rounded up, so an element lives up to one longer.

#include "belay/base/time.hpp"

#include <cstdint>

namespace belay::sim {

/// What silences a holder whose daemon hangs: `fence` of the configuration (DESIGN section 4).
enum class Fence : std::uint8_t { nftables, address, off };

class Kernel {
public:
    static constexpr Duration ticket_life = std::chrono::milliseconds(5);
    static constexpr Duration least_timeout = std::chrono::milliseconds(2);

    /// `jiffy` is 1, 4 or 10 ms; `phase` says where in a jiffy the clock began. Without `has_tables` there are no
    /// rules, and whatever has the address serves.
    Kernel(Duration jiffy, Duration phase, bool has_tables) noexcept
        : jiffy_(jiffy)
        , phase_(phase)
        , has_tables_(has_tables) {}

    /// Adds the address, or refreshes its lifetime. The kernel removes it `late` after the lifetime, or early.
    void put_address(Instant now, Duration lifetime, Duration late) noexcept { address_until_ = now + lifetime + late; }

    void remove_address() noexcept { address_until_ = Instant{}; }

    void add_ticket(Instant now) noexcept { ticket_end_ = jiffy_at(now) + jiffies(ticket_life); }

    /// `delete ticket; add e; delete e; add e timeout`: false, and nothing done, when the ticket is gone.
    [[nodiscard]] bool arm(Instant now, Duration timeout) noexcept {
        if (jiffy_at(now) >= ticket_end_) {
            return false;
        }
        ticket_end_ = 0;
        arm_without_ticket(now, timeout);
        return true;
    }

    /// A timeout of zero means for ever, as in nf_tables.
    void arm_without_ticket(Instant now, Duration timeout) noexcept {
        element_end_ = timeout == Duration::zero() ? INT64_MAX : jiffy_at(now) + jiffies(timeout);
    }

    void close() noexcept { element_end_ = 0; }

    [[nodiscard]] bool has_address(Instant now) const noexcept { return now < address_until_; }

    [[nodiscard]] bool fence_open(Instant now) const noexcept { return !has_tables_ || jiffy_at(now) < element_end_; }

    /// Answers for the VIP and lets its packets through (G1).
    [[nodiscard]] bool serves(Instant now) const noexcept { return has_address(now) && fence_open(now); }

private:
    [[nodiscard]] std::int64_t jiffy_at(Instant now) const noexcept {
        return (now.time_since_epoch() + phase_) / jiffy_;
    }

    [[nodiscard]] std::int64_t jiffies(Duration span) const noexcept { return (span + jiffy_ - Duration(1)) / jiffy_; }

    Duration jiffy_;
    Duration phase_;
    bool has_tables_;
    Instant address_until_;
    std::int64_t element_end_ = 0; ///< the jiffy in which it is gone
    std::int64_t ticket_end_ = 0;
};

} // namespace belay::sim
