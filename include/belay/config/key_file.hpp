#pragma once
// The cluster's keys on disk (DESIGN section 6): one line of hex digits, or two while keys rotate, 32 bytes or more
// each, comments as in belay.ini(5). Whoever reads the file can forge votes, so a file that others may read is refused.
// Errors name the file, the line and the remedy, never a digit of a key.

#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"

#include <cstddef>
#include <string>

namespace belay::config {

/// Fewest bytes of a key.
inline constexpr std::size_t key_size_min = 32;

/// Reads the keys, the signing one first. Refuses what is no regular file, what is owned by anybody but root or the
/// effective user, and a mode looser than 0640. Any thread.
[[nodiscard]] Result<ClusterKeys> read_key_file(const std::string& path);

/// Makes a file of mode 0640 with one key of 32 bytes from getrandom(2). Never overwrites: a lost key is an outage.
[[nodiscard]] Status write_new_key_file(const std::string& path);

} // namespace belay::config
