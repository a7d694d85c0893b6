#pragma once
// Small files as text.

#include "belay/base/result.hpp"

#include <cstddef>
#include <string>

namespace belay::config {

/// The whole content, at most `size_max` bytes. The error says what failed; its code is ENOENT for a missing file.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t size_max);

} // namespace belay::config
