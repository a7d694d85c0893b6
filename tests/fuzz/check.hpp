#pragma once
// What the targets have in common: a promise that is broken ends the program where libFuzzer keeps the input, and says
// which promise it was.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

namespace belay::fuzz {

inline void must(bool so, std::source_location place = std::source_location::current()) {
    if (!so) {
        std::fprintf(stderr, "%s:%u: a promise is broken\n", place.file_name(), place.line());
        std::abort();
    }
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Whether a terminal or a log may show it as it is.
inline bool has_no_controls(std::string_view text) {
    return std::ranges::none_of(text, [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return byte < 0x20 || byte == 0x7f;
    });
}

/// The same for values and what quotes them: a tab is a blank like any other.
inline bool has_no_controls_but_tabs(std::string_view text) {
    return std::ranges::all_of(text, [](char letter) { return letter == '\t' || has_no_controls({&letter, 1}); });
}

/// An error that people will read: it says something, in one line.
inline void must_be_readable(std::string_view text, std::source_location place = std::source_location::current()) {
    must(!text.empty() && has_no_controls_but_tabs(text), place);
}

} // namespace belay::fuzz
