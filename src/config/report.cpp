// The problems of one file, put into its order at the end.

#include "report.hpp"

#include <algorithm>
#include <utility>

namespace belay::config {

void Report::add(Severity severity, Position at, std::string text) {
    has_error_ = has_error_ || severity == Severity::error;
    if (problems_.size() == problems_max) {
        ++dropped_;
        return;
    }
    problems_.push_back(
        {.severity = severity, .file = file_, .line = at.line, .column = at.column, .text = std::move(text)});
}

std::vector<Problem> Report::finish() {
    std::ranges::stable_sort(
        problems_, {}, [](const Problem& problem) { return Position{.line = problem.line, .column = problem.column}; });
    if (dropped_ > 0) {
        problems_.push_back({.severity = Severity::error,
                             .file = file_,
                             .line = 0,
                             .column = 0,
                             .text = fmt::format("{} more problems are not shown", dropped_)});
    }
    return std::move(problems_);
}

} // namespace belay::config
