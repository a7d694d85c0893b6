#include "belay/cli/ini_text.hpp"

#include "belay/cli/text.hpp"

#include <fmt/format.h>

namespace belay::cli {

namespace {

constexpr std::size_t comment_width = 98;
constexpr std::size_t value_size_max = 900; // a line of the ini file has 1024 bytes at most
constexpr std::size_t quoted_size_max = 160;

/// At most `size` bytes, and no half of a UTF-8 sequence.
std::string_view cut(std::string_view text, std::size_t size) {
    if (text.size() <= size) {
        return text;
    }
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
        --size;
    }
    return text.substr(0, size);
}

/// Whether the loader would read this value back as it is: a comment begins with a mark at the start or after a blank.
bool is_writable(std::string_view value) {
    const auto blank = [](char letter) { return letter == ' ' || letter == '\t'; };
    if (value.empty() || value.size() > value_size_max || blank(value.front()) || blank(value.back())) {
        return false;
    }
    for (std::size_t at = 0; at < value.size(); ++at) {
        const bool mark = value[at] == ';' || value[at] == '#';
        if ((mark && (at == 0 || blank(value[at - 1]))) || static_cast<unsigned char>(value[at]) < 0x20) {
            return false;
        }
    }
    return true;
}

} // namespace

void IniText::comment(std::string_view text, std::size_t indent) {
    const std::string blanks(indent, ' ');
    std::string rest = wrap({.colour = false, .width = comment_width - indent}, "", clean(text));
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        line(blanks + rest.substr(0, end));
        rest.erase(0, end == std::string::npos ? end : end + 1);
    }
}

void IniText::line(std::string_view text) {
    text_ += fmt::format("; {}\n", cut(clean(text), value_size_max));
}

void IniText::section(std::string_view title) {
    text_ += fmt::format("[{}]\n", title);
}

void IniText::key(std::string_view name, std::string_view value) {
    if (is_writable(value)) {
        text_ += fmt::format("{} = {}\n", name, value);
        return;
    }
    unwritable_.emplace_back(name);
    line(fmt::format("{} = {}", name, quoted_for_comment(value)));
}

std::string quoted_for_comment(std::string_view text) {
    const std::string shown = clean(text);
    const std::string_view part = cut(shown, quoted_size_max);
    return std::string(part) + (part.size() < shown.size() ? "..." : "");
}

} // namespace belay::cli
