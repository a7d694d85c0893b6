// One pass over the lines; views into the current line know their column by their address.

#include "belay/config/ini.hpp"

#include "text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::config::ini {

namespace {

class Parser {
public:
    [[nodiscard]] Document run(std::string_view text) {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (text.starts_with(byte_order_mark)) {
            text.remove_prefix(byte_order_mark.size());
        }
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            line_ = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (line_.ends_with('\r')) {
                line_.remove_suffix(1);
            }
            ++number_;
            read_line();
        }
        document_.end = {.line = std::max(number_, 1U), .column = 1};
        return std::move(document_);
    }

private:
    void read_line() {
        if (line_.size() > line_size_max) {
            document_.faults.push_back(
                {.at = {.line = number_, .column = line_size_max + 1},
                 .text = fmt::format("the line has {} bytes; at most {} are read", line_.size(), line_size_max)});
            return;
        }
        if (const std::size_t nul = line_.find('\0'); nul != std::string_view::npos) {
            fault(line_.substr(nul), "the line has a NUL byte; save the file as plain UTF-8 text");
            return;
        }
        const std::string_view content = trim(without_comment(line_));
        if (content.starts_with('[')) {
            read_header(content);
        } else if (!content.empty()) {
            read_entry(content);
        }
    }

    void read_header(std::string_view content) {
        const std::size_t close = content.find(']');
        if (close == std::string_view::npos) {
            fault(content, "the section header has no ']'");
        } else if (const std::string_view rest = trim(content.substr(close + 1)); !rest.empty() && !is_comment(rest)) {
            fault(rest, "text after the section header; start a new line or a comment with ';'");
        }
        // Goes on as if the header had been closed, so that its keys are not called homeless.
        const std::string_view inside = trim(content.substr(1, close == std::string_view::npos ? close : close - 1));
        const std::string_view kind = inside.substr(0, inside.find_first_of(blanks));
        const std::string_view name = trim(inside.substr(kind.size()));
        Section section{.kind = std::string(kind),
                        .name = std::string(name),
                        .at = at(kind),
                        .name_at = at(name.empty() ? kind : name),
                        .entries = {}};
        if (kind.empty()) {
            fault(content, "the section header is empty; write [cluster] or [node NAME]");
        }
        if (!clean(inside, "the section header")) {
            section.kind.clear();
        }
        document_.sections.push_back(std::move(section));
    }

    void read_entry(std::string_view content) {
        const std::size_t equals = content.find('=');
        const std::string_view key = trim(content.substr(0, equals));
        if (equals == std::string_view::npos || key.empty()) {
            fault(content, "this line is neither a [section] nor 'key = value'; comments start with ';' or '#'");
            return;
        }
        if (!clean(key, "the key")) {
            return;
        }
        if (document_.sections.empty()) {
            fault(key,
                  fmt::format("'{}' stands before the first section; write a line such as [cluster] above it", key));
            return;
        }
        const std::string_view value = trim(content.substr(equals + 1));
        Entry entry{.key = std::string(key),
                    .key_at = at(key),
                    .value = std::string(value),
                    .value_at = at(value),
                    .readable = clean(value, "the value")};
        if (value.empty()) {
            document_.faults.push_back(
                {.at = entry.key_at, .text = fmt::format("'{}' has no value; write one or take the line out", key)});
            entry.readable = false;
        }
        document_.sections.back().entries.push_back(std::move(entry));
    }

    [[nodiscard]] static bool is_comment(std::string_view text) {
        return text.starts_with(';') || text.starts_with('#');
    }

    /// Reports the first byte that is no printable UTF-8.
    [[nodiscard]] bool clean(std::string_view part, std::string_view what) {
        const auto unclean = first_unclean(part);
        if (unclean) {
            fault(part.substr(*unclean),
                  fmt::format("{} has a byte that is no printable UTF-8 text; take it out", what));
        }
        return !unclean.has_value();
    }

    /// Where a part of the current line stands.
    [[nodiscard]] Position at(std::string_view part) const {
        return {.line = number_, .column = static_cast<unsigned>(part.data() - line_.data()) + 1};
    }

    void fault(std::string_view part, std::string text) {
        document_.faults.push_back({.at = at(part), .text = std::move(text)});
    }

    Document document_;
    std::string_view line_;
    unsigned number_ = 0;
};

} // namespace

Document parse(std::string_view text) {
    return Parser().run(text);
}

} // namespace belay::config::ini
