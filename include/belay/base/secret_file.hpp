#pragma once
// Files that hold a secret: what their mode must not let others do, and reading them without leaving copies behind.

#include "belay/base/result.hpp"
#include "belay/base/secret.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace belay {

/// Which bits of a mode let others use a file, and the mode to give it instead.
struct ModeRule {
    unsigned refused_bits;
    unsigned remedy;

    [[nodiscard]] constexpr bool refuses(unsigned mode) const noexcept { return (mode & refused_bits) != 0; }
};

/// Of the cluster's key and of passwords for PCP: the daemon's group may read.
inline constexpr ModeRule own_mode_rule{.refused_bits = 07137, .remedy = 0640};
/// Of password files that libpq reads, which ignores others (libpq, "The Password File").
inline constexpr ModeRule libpq_mode_rule{.refused_bits = 0077, .remedy = 0600};

/// That it is a regular file and keeps to own_mode_rule; `what` is the file in the words of the error, as "key file".
/// Look at the opened file, not at its path: somebody may exchange it in between.
[[nodiscard]] Status check_secret_file(std::string_view what, const std::string& path, const struct stat& status);

/// All of an open file, unless it has more than `size_max` bytes, for which the error gives the `remedy`. The buffer
/// never moves, so no copy stays behind in freed memory. Any thread.
[[nodiscard]] Result<SecretBytes> read_secret_file(std::string_view what, const std::string& path, int descriptor,
                                                   std::size_t size_max, std::string_view remedy);

} // namespace belay
