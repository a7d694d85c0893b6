#pragma once
// Changes of a few lines as a unified diff that patch(1) takes. Lines that may hold a secret are never shown: the
// context ends before them. Pure.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::cli {

/// Replaces `count` lines from line `first` (from 1) by `with`; a count of 0 inserts before that line.
struct LineEdit {
    std::size_t first = 1;
    std::size_t count = 0;
    std::vector<std::string> with;
};

/// A file whose lines are to change.
struct DiffSource {
    std::string name;
    const std::vector<std::string>& lines;
    bool final_newline = true;
    std::function<bool(std::string_view line)> is_secret; ///< such a line is no context
};

/// The diff, empty without edits. The edits touch different lines and are given in any order.
[[nodiscard]] std::string unified_diff(const DiffSource& source, std::vector<LineEdit> edits);

} // namespace belay::cli
