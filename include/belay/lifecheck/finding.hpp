#pragma once
// What looks at one thing have come to: a verdict, the last look, and how many like it there were. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belay::lifecheck {

struct Finding {
    std::optional<bool> healthy; ///< the verdict; nothing while looks are counted up to the first one
    std::string problem;         ///< of the last look, in words for an operator; empty: it was good
    std::uint32_t in_a_row = 0;  ///< looks like the last one
    std::uint32_t needed = 0;    ///< that many decide

    bool operator==(const Finding&) const = default;
};

/// "10.77.0.1:5432 answers", "query: connection refused (1 of 2)"; a good look has a count only while it does not
/// decide yet.
[[nodiscard]] std::string in_words(const Finding& finding, std::string_view subject, std::string_view good);

} // namespace belay::lifecheck
