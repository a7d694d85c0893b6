#pragma once
// Collects what is wrong with one file. Texts may quote keys and values as they are: the ini reader has already refused
// what is no printable text.

#include "belay/config/problem.hpp"

#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

namespace belay::config {

/// Most problems that are kept of one file: beyond, it is not a configuration but some other file.
inline constexpr std::size_t problems_max = 1000;

class Report {
public:
    explicit Report(std::string file)
        : file_(std::move(file)) {}

    template <typename... Args>
    void error(Position at, fmt::format_string<Args...> format, Args&&... args) {
        add(Severity::error, at, fmt::format(format, std::forward<Args>(args)...));
    }

    template <typename... Args>
    void warning(Position at, fmt::format_string<Args...> format, Args&&... args) {
        add(Severity::warning, at, fmt::format(format, std::forward<Args>(args)...));
    }

    /// Whether any error was reported, kept or not.
    [[nodiscard]] bool has_error() const noexcept { return has_error_; }

    /// All problems in the order of the file; ends the report.
    [[nodiscard]] std::vector<Problem> finish();

private:
    void add(Severity severity, Position at, std::string text);

    std::string file_;
    std::vector<Problem> problems_;
    std::size_t dropped_ = 0;
    bool has_error_ = false;
};

} // namespace belay::config
