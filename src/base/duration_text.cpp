#include "belay/base/duration_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace belay {

namespace {

struct Unit {
    std::string_view name;
    Duration length;
};

constexpr std::array units{
    Unit{"min", std::chrono::minutes(1)},
    Unit{"s", std::chrono::seconds(1)},
    Unit{"ms", std::chrono::milliseconds(1)},
    Unit{"us", std::chrono::microseconds(1)},
};

} // namespace

std::string to_text(Duration duration) {
    if (duration == Duration::zero()) {
        return "0ms";
    }
    const auto* unit = std::ranges::find_if(
        units, [duration](const Unit& candidate) { return duration % candidate.length == Duration::zero(); });
    if (unit == units.end()) {
        return fmt::format("{}ns", duration.count());
    }
    return fmt::format("{}{}", duration / unit->length, unit->name);
}

Result<Duration> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, count);
    if (problem == std::errc::result_out_of_range) {
        return fail("'{}' is too long a time", text);
    }
    if (problem != std::errc{} || count < 0) {
        return fail("'{}' is not a duration; write a whole number and a unit: us, ms, s or min, as in 100ms", text);
    }
    std::string_view name(rest, static_cast<std::size_t>(end - rest));
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    const auto* unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end()) {
        return name.empty() ? fail("'{}' has no unit; write us, ms, s or min behind it, as in {}ms", text, count)
                            : fail("'{}' has the unknown unit '{}'; use us, ms, s or min", text, name);
    }
    if (count > std::numeric_limits<Duration::rep>::max() / unit->length.count()) {
        return fail("'{}' is too long a time", text);
    }
    return count * unit->length;
}

} // namespace belay
