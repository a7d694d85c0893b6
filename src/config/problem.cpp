#include "belay/config/problem.hpp"

#include <fmt/format.h>

namespace belay::config {

std::string to_text(const Problem& problem) {
    const std::string_view severity = problem.severity == Severity::error ? "error" : "warning";
    if (problem.line == 0) {
        return fmt::format("{}: {}: {}", problem.file, severity, problem.text);
    }
    return fmt::format("{}:{}:{}: {}: {}", problem.file, problem.line, problem.column, severity, problem.text);
}

} // namespace belay::config
