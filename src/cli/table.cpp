#include "belay/cli/table.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <numeric>

namespace belay::cli {

namespace {

constexpr std::size_t gap = 2; // blanks between two columns

void append_padded(std::string& out, const std::string& painted, std::size_t width, std::size_t column_width) {
    out += painted;
    out.append(column_width - width + gap, ' ');
}

/// One line of columns. The last one is not padded, so that lines have no blanks at their ends.
void append_line(std::string& out, const Style& style, const std::vector<Cell>& cells,
                 const std::vector<std::size_t>& widths) {
    for (std::size_t column = 0; column + 1 < cells.size(); ++column) {
        const Cell& cell = cells[column];
        append_padded(out, paint(style, cell.tone, cell.text), width_of(cell.text), widths[column]);
    }
    out += paint(style, cells.back().tone, cells.back().text);
    out += '\n';
}

} // namespace

void Table::add(std::vector<Cell> cells) {
    assert(cells.size() == headings_.size());
    for (Cell& cell : cells) {
        if (cell.text.empty()) {
            cell.text.push_back('-');
        }
    }
    rows_.push_back(std::move(cells));
}

std::string Table::text(const Style& style) const {
    if (rows_.empty()) {
        return {};
    }
    const std::vector<std::size_t> widths = column_widths();
    const std::size_t whole = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
    return whole <= style.width ? as_columns(style, widths) : as_blocks(style);
}

std::vector<std::size_t> Table::column_widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < headings_.size(); ++column) {
        std::size_t widest = width_of(headings_[column]);
        for (const auto& row : rows_) {
            widest = std::max(widest, width_of(row[column].text));
        }
        widths.push_back(widest);
    }
    return widths;
}

std::string Table::as_columns(const Style& style, const std::vector<std::size_t>& widths) const {
    std::vector<Cell> headings;
    std::ranges::transform(headings_, std::back_inserter(headings),
                           [](const std::string& heading) { return Cell{.text = heading, .tone = Tone::faint}; });
    std::string out;
    append_line(out, style, headings, widths);
    for (const auto& row : rows_) {
        append_line(out, style, row, widths);
    }
    return out;
}

std::string Table::as_blocks(const Style& style) const {
    std::size_t widest = 0;
    for (const std::string& heading : headings_) {
        widest = std::max(widest, width_of(heading));
    }
    std::string out;
    for (const auto& row : rows_) {
        for (std::size_t column = 0; column < headings_.size(); ++column) {
            const std::string& heading = headings_[column];
            const std::size_t indent = column == 0 ? 0 : 2; // so that a row's first line stands out
            out.append(indent, ' ');
            append_padded(out, paint(style, Tone::faint, heading), width_of(heading) + indent, widest + 2);
            out += paint(style, row[column].tone, row[column].text);
            out += '\n';
        }
    }
    return out;
}

} // namespace belay::cli
