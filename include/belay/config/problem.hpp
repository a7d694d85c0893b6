#pragma once
// What is wrong with a configuration, and where: the line that an editor or a terminal can jump to.

#include <compare>
#include <cstdint>
#include <string>

namespace belay::config {

/// A place in a file. Lines and columns count from 1, columns in bytes (a tab is one); a byte order mark does not
/// count. Line 0 is the file as a whole.
struct Position {
    unsigned line = 0;
    unsigned column = 0;

    auto operator<=>(const Position&) const = default;
};

/// An error keeps the file from being used; a warning does not.
enum class Severity : std::uint8_t { error, warning };

/// One finding. `text` says what is wrong and what to write instead; no newline, no control characters but tabs.
struct Problem {
    Severity severity = Severity::error;
    std::string file;
    unsigned line = 0; ///< 0: the file as a whole, for example when it cannot be read
    unsigned column = 0;
    std::string text;

    bool operator==(const Problem&) const = default;
};

/// `file:line:column: error: text`, as compilers write it; `file: error: text` where there is no line.
[[nodiscard]] std::string to_text(const Problem& problem);

} // namespace belay::config
