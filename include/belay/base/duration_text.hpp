#pragma once
// Durations as people write them in the configuration and on the command line (DESIGN section 9).

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"

#include <string_view>

namespace belay {

/// Reads "100ms", "2s", "30min", "250us": a whole number and one of the units us, ms, s, min, with or without blanks
/// between them. A number alone is refused, because its unit would be a guess; so is what does not fit in a Duration.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

} // namespace belay
