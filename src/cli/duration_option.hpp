#pragma once
// Durations as options of the command line.

#include "belay/base/time.hpp"

#include <string>

namespace belay::cli {

/// Reads the value of `option`; throws CLI::ValidationError, which build_app()'s caller turns into a usage error, when
/// it is no duration or not from `least` to `most`.
[[nodiscard]] Duration duration_option(const std::string& option, const std::string& text, Duration least,
                                       Duration most);

} // namespace belay::cli
