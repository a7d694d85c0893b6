#pragma once
// The syntax of keepalived.conf and nothing of its meaning (keepalived.conf(5)): statements of words, one in a line,
// with a block in braces behind some; `!` and `#` comments; words in double quotes. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace belay::cli {

struct KeepalivedStatement {
    std::vector<std::string> words; ///< one or more, without quotes
    unsigned line = 0;
    bool has_block = false;
    std::vector<KeepalivedStatement> block;

    [[nodiscard]] const std::string& keyword() const { return words.front(); }

    /// The n-th word, or an empty one.
    [[nodiscard]] std::string word(std::size_t index) const {
        return index < words.size() ? words[index] : std::string();
    }
};

struct KeepalivedFault {
    unsigned line = 0;
    std::string text;
};

struct KeepalivedConf {
    std::vector<KeepalivedStatement> statements;
    std::vector<KeepalivedFault> faults;
};

/// Deepest nesting of blocks that is read.
inline constexpr std::size_t keepalived_depth_max = 16;

/// Reads any bytes. After a brace that does not fit it stops.
[[nodiscard]] KeepalivedConf parse_keepalived_conf(std::string_view text);

} // namespace belay::cli
