#pragma once
// May this node hold the VIPs, and if not, why not (DESIGN section 2, "eligible"). The shell reports conditions as they
// change; the first obstacle in a fixed order is the one that is told.

#include "belay/base/time.hpp"
#include "belay/core/reason.hpp"

#include <optional>
#include <string>

namespace belay::core {

/// A condition of the host, with words about it.
struct Condition {
    bool good = false;
    std::string detail;
};

struct Maintenance {
    bool on = false;
    std::optional<Instant> until; ///< nothing: until it is switched off
};

struct Obstacle {
    Why why = Why::none;
    std::string words;
};

class Eligibility {
public:
    explicit Eligibility(bool witness) noexcept
        : witness_(witness) {}

    Condition service{.good = false, .detail = "the service was not checked yet"};
    Condition links{.good = false, .detail = "the interfaces were not looked at yet"};
    Maintenance maintenance;
    std::optional<std::string> refusal;         ///< why the cluster does not accept this node
    std::optional<std::string> address_refusal; ///< what the kernel said of an address
    Instant address_refused_until;              ///< when to try again; with address_refusal
    bool stopping = false;

    /// The first thing in the way at `now`; nothing: eligible. Abstention is the acceptor's and not looked at here.
    [[nodiscard]] std::optional<Obstacle> obstacle(Instant now) const;
    /// When the answer may change by time alone.
    [[nodiscard]] std::optional<Instant> next_change(Instant now) const;

private:
    bool witness_;
};

} // namespace belay::core
