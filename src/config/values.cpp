// Names, paths, times, numbers and percentages. Addresses are in address_values.cpp.

#include "values.hpp"

#include "belay/base/duration_text.hpp"
#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace belay::config {

namespace {

/// The whole of `text` as a decimal number between the limits.
template <typename T>
Parsed<T> read_number(std::string_view text, T min, T max) {
    T value = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, value);
    if (problem == std::errc::invalid_argument || rest != end) {
        return misfit("'{}' is not a whole number; use {} to {}", text, min, max);
    }
    if (problem != std::errc{} || value < min || value > max) {
        return misfit("{} is out of range; use {} to {}", text, min, max);
    }
    return value;
}

Parsed<Duration> read_duration(std::string_view text, Duration min, Duration max, bool zero) {
    const auto value = parse_duration(text);
    if (!value) {
        return misfit("{}", value.error().text);
    }
    if (zero && *value == Duration::zero()) {
        return *value;
    }
    if (*value < min || *value > max) {
        return misfit("{} is out of range; use {}{} to {}", text, zero ? "0ms, or " : "", to_text(min), to_text(max));
    }
    return *value;
}

Codec<Duration> make_duration_codec(Duration min, Duration max, bool zero) {
    return {.read = [=](std::string_view text) { return read_duration(text, min, max, zero); },
            .write = [](const Duration& value) { return to_text(value); }};
}

constexpr std::uint32_t ppm_of_percent = 10'000;

/// The digits after the point, as parts per million of a whole: "5" -> 5000. At most four of them fit.
Parsed<std::uint32_t> read_fraction(std::string_view digits) {
    std::uint32_t ppm = 0;
    std::uint32_t weight = ppm_of_percent;
    for (const char digit : digits) {
        weight /= 10;
        if (digit < '0' || digit > '9' || weight == 0) {
            return misfit("'{}' is not a fraction of at most four digits", digits);
        }
        ppm += static_cast<std::uint32_t>(digit - '0') * weight;
    }
    return ppm;
}

Parsed<std::uint32_t> read_percent(std::string_view text, std::uint32_t ppm_max) {
    const std::uint32_t percent_max = ppm_max / ppm_of_percent;
    const auto form = [text] { return misfit("'{}' is not a percentage; write it as in 1% or 0.5%", text); };
    if (!text.ends_with('%')) {
        return form();
    }
    const std::string_view digits = trim(text.substr(0, text.size() - 1));
    const std::size_t point = std::min(digits.find('.'), digits.size());
    const auto whole =
        read_number<std::uint32_t>(digits.substr(0, point), 0, std::numeric_limits<std::uint16_t>::max());
    const auto fraction = read_fraction(digits.substr(std::min(point + 1, digits.size())));
    if (!whole || !fraction || digits.ends_with('.')) {
        return form();
    }
    const std::uint32_t ppm = (*whole * ppm_of_percent) + *fraction;
    if (ppm > ppm_max) {
        return misfit("{} is out of range; use 0% to {}%", text, percent_max);
    }
    return ppm;
}

std::string write_percent(const std::uint32_t& ppm) {
    std::string text = fmt::format("{}.{:04}", ppm / ppm_of_percent, ppm % ppm_of_percent);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text + '%';
}

} // namespace

Parsed<std::string> read_name(std::string_view text) {
    const auto legal = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
    };
    if (const auto* const bad = std::ranges::find_if_not(text, legal); bad != text.end()) {
        return misfit("'{}' is not a name; use only letters of ASCII, digits, '.', '_' and '-'", text);
    }
    if (text.empty() || text.size() > name_size_max) {
        return misfit("the name has {} letters; use 1 to {}", text.size(), name_size_max);
    }
    return std::string(text);
}

Codec<std::string> name_codec() {
    return {.read = read_name, .write = [](const std::string& value) { return value; }};
}

Codec<std::string> path_codec() {
    auto read = [](std::string_view text) -> Parsed<std::string> {
        if (!text.starts_with('/')) {
            return misfit("'{}' is not an absolute path; start it with '/'", text);
        }
        return std::string(text);
    };
    return {.read = read, .write = [](const std::string& value) { return value; }};
}

Codec<std::string> text_codec() {
    auto read = [](std::string_view text) -> Parsed<std::string> {
        if (text.empty()) {
            return misfit("the value is empty; write one or take the line out");
        }
        return std::string(text);
    };
    return {.read = read, .write = [](const std::string& value) { return value; }};
}

Codec<std::optional<std::uint32_t>> optional_count_codec(std::uint32_t min, std::uint32_t max) {
    return {
        .read = [=](std::string_view text) -> Parsed<std::optional<std::uint32_t>> {
            return read_number(text, min, max);
        },
        .write =
            [](const std::optional<std::uint32_t>& value) { return value ? std::to_string(*value) : std::string(); }};
}

Codec<std::string> interface_codec() {
    auto read = [](std::string_view text) -> Parsed<std::string> {
        constexpr std::size_t size_max = 15; // IFNAMSIZ without the final NUL
        if (text.size() > size_max) {
            return misfit("the interface name '{}' has {} bytes; the kernel allows {}", text, text.size(), size_max);
        }
        if (text.empty() || text == "." || text == ".." || text[0] == ';' || text[0] == '#' ||
            text.find_first_of("/: \t") != std::string_view::npos) {
            return misfit("'{}' is not an interface name; see the names that 'ip link' shows", text);
        }
        return std::string(text);
    };
    return {.read = read, .write = [](const std::string& value) { return value; }};
}

Codec<Duration> duration_codec(Duration min, Duration max) {
    return make_duration_codec(min, max, false);
}

Codec<Duration> duration_or_zero_codec(Duration min, Duration max) {
    return make_duration_codec(min, max, true);
}

Codec<std::uint32_t> count_codec(std::uint32_t min, std::uint32_t max) {
    return {.read = [=](std::string_view text) { return read_number(text, min, max); },
            .write = [](const std::uint32_t& value) { return std::to_string(value); }};
}

Codec<std::int32_t> number_codec(std::int32_t min, std::int32_t max) {
    return {.read = [=](std::string_view text) { return read_number(text, min, max); },
            .write = [](const std::int32_t& value) { return std::to_string(value); }};
}

Codec<std::uint32_t> percent_codec(std::uint32_t ppm_max) {
    return {.read = [=](std::string_view text) { return read_percent(text, ppm_max); }, .write = write_percent};
}

Codec<bool> yes_no_codec() {
    return word_codec<bool>({{.text = "yes", .value = true}, {.text = "no", .value = false}});
}

} // namespace belay::config
