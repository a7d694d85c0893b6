#include "belay/lifecheck/finding.hpp"

#include <fmt/format.h>

namespace belay::lifecheck {

std::string in_words(const Finding& finding, std::string_view subject, std::string_view good) {
    const bool last_good = finding.problem.empty();
    std::string text =
        last_good ? fmt::format("{} {}", subject, good) : fmt::format("{}: {}", subject, finding.problem);
    if (!last_good || finding.healthy != true) {
        text += fmt::format(" ({} of {})", finding.in_a_row, finding.needed);
    }
    return text;
}

} // namespace belay::lifecheck
