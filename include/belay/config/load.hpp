#pragma once
// Ini text -> settings, or all that is wrong with it in one run (DESIGN section 9).

#include "belay/config/problem.hpp"
#include "belay/config/settings.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::config {

/// Largest file that is read, in bytes: room for 10,000 VIPs and more.
inline constexpr std::size_t file_size_max = std::size_t{4} << 20U;

/// Where values stand in the file: "[vip main] interface" -> its value. Keys left out are not in it.
using Places = std::map<std::string, Position, std::less<>>;

struct Loaded {
    std::string file;
    std::optional<Settings> settings; ///< there exactly when no problem is an error
    std::vector<Problem> problems;    ///< in the order of the file
    Places places;

    /// A problem with the value of `key` in `section` ("[vip main]"), at its place.
    [[nodiscard]] Problem problem_at(Severity severity, const std::string& section, std::string_view key,
                                     std::string text) const;
};

/// Reads and checks a text; opens no file. `file_name` is only quoted. Any thread.
[[nodiscard]] Loaded load_text(std::string_view text, std::string file_name);

/// Reads and checks a file; one that cannot be read is a problem without a line. Looks at nothing else of this host:
/// config/host_check.hpp does.
[[nodiscard]] Loaded load_file(const std::string& path);

} // namespace belay::config
