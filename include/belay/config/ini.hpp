#pragma once
// The syntax of the configuration file and nothing of its meaning: sections, keys, values, comments, and where each of
// them stands (belay.ini(5), "SYNTAX"). Reading goes on after every fault, so that one run shows all of them.

#include "belay/config/problem.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace belay::config::ini {

/// Longest line that is read, in bytes without its end.
inline constexpr std::size_t line_size_max = 1024;

/// `key = value`. Blanks around both are gone, and so is a comment.
struct Entry {
    std::string key;
    Position key_at;
    std::string value;
    Position value_at;
    bool readable = true; ///< false: the value has a fault of its own; the key is there all the same
};

/// `[kind]` or `[kind NAME]` and what follows it.
struct Section {
    std::string kind; ///< empty: the header was unreadable, nothing can be said about its entries
    std::string name;
    Position at;      ///< of the kind
    Position name_at; ///< of the name; of the kind where there is no name
    std::vector<Entry> entries;
};

/// A line that is no ini text.
struct Fault {
    Position at;
    std::string text;
};

struct Document {
    std::vector<Section> sections; ///< in the order of the file
    std::vector<Fault> faults;     ///< in the order of the file
    Position end;                  ///< the last line, for what is missing altogether
};

/// Reads any bytes. A comment starts with `;` or `#` at the start of a line or after a blank. Lines end in LF or CRLF;
/// a UTF-8 byte order mark is skipped. Any thread.
[[nodiscard]] Document parse(std::string_view text);

} // namespace belay::config::ini
