#pragma once
// Aligned columns under headings. A table that is too wide for the terminal is printed as one block per row instead,
// so that long IPv6 addresses stay readable. Pure.

#include "belay/cli/text.hpp"

#include <string>
#include <vector>

namespace belay::cli {

struct Cell {
    std::string text; ///< clean; empty is shown as "-"
    Tone tone = Tone::plain;
};

class Table {
public:
    explicit Table(std::vector<std::string> headings)
        : headings_(std::move(headings)) {}

    /// One row; as many cells as headings.
    void add(std::vector<Cell> cells);

    /// Every line ends with a newline; nothing at all without rows.
    [[nodiscard]] std::string text(const Style& style) const;

private:
    [[nodiscard]] std::vector<std::size_t> column_widths() const;
    [[nodiscard]] std::string as_columns(const Style& style, const std::vector<std::size_t>& widths) const;
    [[nodiscard]] std::string as_blocks(const Style& style) const;

    std::vector<std::string> headings_;
    std::vector<std::vector<Cell>> rows_;
};

} // namespace belay::cli
