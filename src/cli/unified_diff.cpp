#include "belay/cli/unified_diff.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <span>
#include <utility>

namespace belay::cli {

namespace {

constexpr std::size_t context_max = 3;

class Writer {
public:
    explicit Writer(const DiffSource& source)
        : source_(source) {}

    [[nodiscard]] std::string text(std::span<const LineEdit> edits) {
        out_ = fmt::format("--- {0}\n+++ {0}\n", source_.name);
        while (!edits.empty()) {
            const std::size_t size = hunk_size(edits);
            hunk(edits.first(size));
            edits = edits.subspan(size);
        }
        return std::move(out_);
    }

private:
    static std::size_t end_of(const LineEdit& edit) { return edit.first + edit.count; }

    /// How many lines from `first`, upwards or downwards, may be shown.
    [[nodiscard]] std::size_t clear_lines(std::size_t first, bool upwards) const {
        std::size_t count = 0;
        for (std::size_t line = first; count < context_max && line >= 1 && line <= source_.lines.size(); ++count) {
            if (source_.is_secret(source_.lines[line - 1])) {
                break;
            }
            line += upwards ? std::size_t{0} - 1 : 1; // below 1 it wraps, and is larger than the file
        }
        return count;
    }

    /// Edits with nothing but a little context between them are one hunk.
    [[nodiscard]] std::size_t hunk_size(std::span<const LineEdit> edits) const {
        std::size_t size = 1;
        while (size < edits.size()) {
            const std::size_t end = end_of(edits[size - 1]);
            const std::size_t gap = edits[size].first - end;
            const auto between = std::span(source_.lines).subspan(end - 1, gap);
            if (gap > 2 * context_max || std::ranges::any_of(between, source_.is_secret)) {
                break;
            }
            ++size;
        }
        return size;
    }

    /// patch(1) takes a hunk with less context on one side for one at that end of the file, so both sides have as much,
    /// except there.
    void hunk(std::span<const LineEdit> edits) {
        const std::size_t end = end_of(edits.back());
        std::size_t above = clear_lines(edits.front().first - 1, true);
        std::size_t below = clear_lines(end, false);
        const bool at_start = edits.front().first - above == 1;
        const bool at_end = end + below > source_.lines.size();
        if (!at_end) {
            above = std::min(above, below);
        }
        if (!at_start) {
            below = std::min(below, above);
        }
        const std::size_t first = edits.front().first - above;
        const std::size_t last = end + below; // one behind it
        std::size_t added = last - first;
        for (const LineEdit& edit : edits) {
            added = added + edit.with.size() - edit.count;
        }
        out_ += fmt::format("@@ -{},{} +{},{} @@\n", range_start(first, last - first), last - first,
                            range_start(shifted(first), added), added);
        std::size_t line = first;
        for (const LineEdit& edit : edits) {
            old_lines(' ', line, edit.first);
            old_lines('-', edit.first, end_of(edit));
            for (const std::string& text : edit.with) {
                out_ += '+' + text + '\n';
            }
            shift_ += static_cast<std::ptrdiff_t>(edit.with.size()) - static_cast<std::ptrdiff_t>(edit.count);
            line = end_of(edit);
        }
        old_lines(' ', line, last);
    }

    /// An empty range is said to begin at the line before it.
    static std::size_t range_start(std::size_t first, std::size_t count) { return count == 0 ? first - 1 : first; }

    [[nodiscard]] std::size_t shifted(std::size_t line) const {
        return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(line) + shift_);
    }

    void old_lines(char mark, std::size_t from, std::size_t to) {
        for (; from < to; ++from) {
            out_ += mark + source_.lines[from - 1] + '\n';
            if (from == source_.lines.size() && !source_.final_newline) {
                out_ += "\\ No newline at end of file\n";
            }
        }
    }

    const DiffSource& source_;
    std::ptrdiff_t shift_ = 0; ///< of the new line numbers
    std::string out_;
};

/// Behind a last line without its end nothing can be added: what is to stand there comes with a new last line, which is
/// the old one where nothing changes it. The edits are in order.
void give_the_last_line_its_end(const DiffSource& source, std::vector<LineEdit>& edits) {
    const std::size_t last = source.lines.size();
    const auto behind = std::ranges::find_if(edits, [last](const LineEdit& edit) { return edit.first > last; });
    if (source.final_newline || behind == edits.end()) {
        return;
    }
    std::vector<LineEdit> added;
    std::ranges::copy(behind, edits.end(), std::back_inserter(added));
    edits.erase(behind, edits.end());
    if (edits.empty() || edits.back().first + edits.back().count <= last) {
        edits.push_back({.first = last, .count = 1, .with = {source.lines.back()}});
    }
    for (const LineEdit& edit : added) {
        std::ranges::copy(edit.with, std::back_inserter(edits.back().with));
    }
}

} // namespace

std::string unified_diff(const DiffSource& source, std::vector<LineEdit> edits) {
    if (edits.empty()) {
        return {};
    }
    // What goes in before a line comes before what replaces that line.
    std::ranges::stable_sort(edits, {}, [](const LineEdit& edit) { return std::pair(edit.first, edit.count); });
    give_the_last_line_its_end(source, edits);
    return Writer(source).text(edits);
}

} // namespace belay::cli
