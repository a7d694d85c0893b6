#include "belay/cli/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::cli {

namespace {

/// SGR parameters of ECMA-48, those that every terminal has.
std::string_view sgr_of(Tone tone) noexcept {
    switch (tone) {
    case Tone::plain:
        return "";
    case Tone::good:
        return "32";
    case Tone::warning:
        return "33";
    case Tone::bad:
        return "1;31";
    case Tone::strong:
        return "1";
    case Tone::faint:
        return "2";
    }
    return "";
}

} // namespace

std::string paint(const Style& style, Tone tone, std::string_view text) {
    const std::string_view sgr = sgr_of(tone);
    return style.colour && !sgr.empty() && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, text)
                                                         : std::string(text);
}

std::size_t width_of(std::string_view text) noexcept {
    const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string clean(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
        if (byte < 0x20 || byte == 0x7f) {
            out += fmt::format("\\x{:02x}", byte);
        } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) { // U+0080 to U+009F, the C1 controls in UTF-8
            out += fmt::format("\\x{:02x}", next);
            ++at;
        } else {
            out += text[at];
        }
    }
    return out;
}

std::string wrap(const Style& style, std::string_view first, std::string_view text) {
    const std::string indent(width_of(first), ' ');
    std::string out(first);
    std::size_t column = indent.size();
    bool line_has_word = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) {
            continue;
        }
        if (line_has_word && column + 1 + width_of(word) > style.width) {
            out += '\n' + indent;
            column = indent.size();
            line_has_word = false;
        }
        if (line_has_word) {
            out += ' ';
            ++column;
        }
        out += word;
        column += width_of(word);
        line_has_word = true;
    }
    return out + '\n';
}

std::string age_text(std::int64_t milliseconds) {
    constexpr std::int64_t second = 1000;
    constexpr std::int64_t minute = 60 * second;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    const std::int64_t age = std::max<std::int64_t>(milliseconds, 0);
    if (age < second) {
        return fmt::format("{} ms", age);
    }
    if (age < 10 * second) {
        return fmt::format("{}.{} s", age / second, age % second / 100);
    }
    if (age < minute) {
        return fmt::format("{} s", age / second);
    }
    if (age < hour) {
        return fmt::format("{} min", age / minute);
    }
    return age < day ? fmt::format("{} h {} min", age / hour, age % hour / minute)
                     : fmt::format("{} d {} h", age / day, age % day / hour);
}

std::string count_text(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

} // namespace belay::cli
