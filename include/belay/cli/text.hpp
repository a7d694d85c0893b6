#pragma once
// Text for a terminal of 80 columns: colour where it is wanted, wrapped lines, ages as people say them. Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace belay::cli {

/// How the output may look. Widths count characters, not bytes.
struct Style {
    bool colour = false; ///< ANSI colours; only for a terminal
    std::size_t width = 80;
};

enum class Tone : std::uint8_t { plain, good, warning, bad, strong, faint };

/// `text` in the colour of `tone`, or as it is.
[[nodiscard]] std::string paint(const Style& style, Tone tone, std::string_view text);

/// Characters of UTF-8 text, each one taken as one column.
[[nodiscard]] std::size_t width_of(std::string_view text) noexcept;

/// `text` with control characters made visible (\x1b), because what a peer sent must not steer the terminal.
[[nodiscard]] std::string clean(std::string_view text);

/// `text` broken at blanks, so that no line is wider than style.width: the first line begins with `first`, the others
/// with as many blanks. Ends with a newline. A word that is too long stays whole.
[[nodiscard]] std::string wrap(const Style& style, std::string_view first, std::string_view text);

/// How long ago or how much longer: "42 ms", "3.2 s", "12 min", "3 h 5 min", "4 d 3 h".
[[nodiscard]] std::string age_text(std::int64_t milliseconds);

/// "1 VIP", "2 VIPs".
[[nodiscard]] std::string count_text(std::size_t count, std::string_view noun);

} // namespace belay::cli
