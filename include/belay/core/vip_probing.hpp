#pragma once
// "Is anybody at the VIPs?": the questions that one of two nodes asks before the gateway may stand in for the other one
// (DESIGN section 3.7). A holder whose kernel still lets ARP through answers, so a long silence means that there is
// none. A pure value; somebody else sends the questions.

#include "belay/core/parameters.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace belay::core {

enum class ProbeOutcome : std::uint8_t {
    unanswered, ///< nobody answered until the next question was due
    answered,   ///< a host has the VIP
    rival,      ///< a host asked for the VIP too, without having it (an ARP probe, RFC 5227): it is about to take it
};

/// Time between two questions, and for an answer to each.
[[nodiscard]] constexpr Duration vip_probe_interval(const Parameters& parameters) noexcept {
    return parameters.lease / 5;
}

class VipProbing {
public:
    static constexpr std::size_t probes_min = 10;

    /// Forgets all questions.
    void begin_again() noexcept { *this = VipProbing{}; }

    /// One question, asked at `asked_at`. What breaks the silence makes it begin again, and so does a pause of a lease,
    /// in which a holder may have come and gone. A rival breaks nothing: who yields to whom is decided elsewhere.
    void record(Instant asked_at, ProbeOutcome outcome, const Parameters& parameters) noexcept;

    /// At least ten questions over at least two leases, none of them answered, and the last one asked just now.
    [[nodiscard]] bool nobody_there(Instant now, const Parameters& parameters) const noexcept;

    /// A question of the last lease was answered: then a rival's question is the holder's own.
    [[nodiscard]] bool somebody_there(Instant now, const Parameters& parameters) const noexcept;

private:
    std::size_t unanswered_ = 0;
    Instant first_;
    Instant last_;
    std::optional<Instant> answered_; ///< when the last answered question was asked
};

} // namespace belay::core
