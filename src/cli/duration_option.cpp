#include "duration_option.hpp"

#include "belay/base/duration_text.hpp"

#include <CLI/Error.hpp>

namespace belay::cli {

Duration duration_option(const std::string& option, const std::string& text, Duration least, Duration most) {
    const auto duration = parse_duration(text);
    if (!duration) {
        throw CLI::ValidationError(option, duration.error().text);
    }
    if (*duration < least || *duration > most) {
        throw CLI::ValidationError(
            option, fmt::format("'{}' is not from {} to {}", text, belay::to_text(least), belay::to_text(most)));
    }
    return *duration;
}

} // namespace belay::cli
