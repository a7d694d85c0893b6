#pragma once
// Who goes first when the VIPs need a holder (DESIGN section 3.4): by priority (higher first), then start timestamp
// (earliest first, pgpool-II's rule), then name. The order only saves collisions; safety never rests on it.

#include "belay/base/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace belay::core {

struct Candidate {
    NodeId id;
    std::string_view name; ///< must outlive the value
    std::int32_t priority = 0;
    std::int64_t started_unix_ns = 0;
    bool ranks_last = false; ///< lost a lease lately: behind all who did not (3.3)
};

/// Whether `left` goes before `right`. A strict order over distinct names.
[[nodiscard]] bool goes_before(const Candidate& left, const Candidate& right) noexcept;

/// How many of `others` go before `self`.
[[nodiscard]] std::size_t rank_of(const Candidate& self, const std::vector<Candidate>& others) noexcept;

/// The first of them all, if any.
[[nodiscard]] std::optional<Candidate> best_of(const std::vector<Candidate>& candidates) noexcept;

} // namespace belay::core
