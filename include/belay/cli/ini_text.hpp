#pragma once
// An ini file for people: sections, keys, and comments that say why. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace belay::cli {

class IniText {
public:
    /// A paragraph of comment, broken at blanks; each line begins with "; " and `indent` blanks.
    void comment(std::string_view text, std::size_t indent = 0);
    /// A comment line that stays whole.
    void line(std::string_view text);

    void blank() { text_ += '\n'; }

    void section(std::string_view title);
    /// `name = value`. What an ini file cannot say (a line break, " ;" inside, nothing) becomes a comment and an entry
    /// of unwritable().
    void key(std::string_view name, std::string_view value);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// The keys whose values could not be written.
    [[nodiscard]] const std::vector<std::string>& unwritable() const noexcept { return unwritable_; }

private:
    std::string text_;
    std::vector<std::string> unwritable_;
};

/// `text` for a comment: control characters visible, at most 160 bytes.
[[nodiscard]] std::string quoted_for_comment(std::string_view text);

} // namespace belay::cli
