#pragma once
// Small questions about text from a file that anybody may have written.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::config {

/// The blanks of a line: spaces and tabs.
inline constexpr std::string_view blanks = " \t";

/// Without blanks at both ends. The view lies in `text`.
[[nodiscard]] std::string_view trim(std::string_view text);

/// `text` up to its comment: `;` or `#` at its start or after a blank.
[[nodiscard]] std::string_view without_comment(std::string_view text);

/// The offset of the first control character (but a tab) or byte that is not UTF-8 (RFC 3629); nothing in clean text.
/// Such bytes would make a terminal, a log line or JSON say something else than the file does.
[[nodiscard]] std::optional<std::size_t> first_unclean(std::string_view text);

/// `text` with the bytes that first_unclean() finds written as \xNN.
[[nodiscard]] std::string escaped(std::string_view text);

/// One item of a list with commas.
struct ListItem {
    std::string_view text;  ///< without blanks at both ends; may be empty
    std::size_t offset = 0; ///< of it in the list
};

/// "a, b" -> "a" at 0 and "b" at 3. At least one item. The views lie in `text`.
[[nodiscard]] std::vector<ListItem> list_items(std::string_view text);

} // namespace belay::config
