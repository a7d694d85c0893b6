// UTF-8 is checked sequence by sequence, by the table of its four forms (RFC 3629, section 3).

#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>

namespace belay::config {

namespace {

/// The bytes of the UTF-8 sequence at the start of `text`; 0 when it is a control character or no UTF-8.
std::size_t clean_sequence_size(std::string_view text) {
    struct Form {
        std::uint8_t mask;
        std::uint8_t lead;
        std::uint32_t code_point_min; // a shorter form exists for what is below
    };

    static constexpr std::array<Form, 4> forms{{{.mask = 0x80, .lead = 0x00, .code_point_min = 0x20},
                                                {.mask = 0xe0, .lead = 0xc0, .code_point_min = 0xa0},
                                                {.mask = 0xf0, .lead = 0xe0, .code_point_min = 0x800},
                                                {.mask = 0xf8, .lead = 0xf0, .code_point_min = 0x10000}}};
    if (text[0] == '\t') {
        return 1; // a blank like any other
    }
    const auto first = static_cast<std::uint8_t>(text[0]);
    const auto* const form =
        std::ranges::find_if(forms, [first](const Form& each) { return (first & each.mask) == each.lead; });
    if (form == forms.end()) {
        return 0;
    }
    const auto size = static_cast<std::size_t>(form - forms.begin()) + 1;
    if (text.size() < size) {
        return 0;
    }
    std::uint32_t code_point = first & static_cast<std::uint8_t>(~form->mask);
    for (std::size_t index = 1; index < size; ++index) {
        const auto byte = static_cast<std::uint8_t>(text[index]);
        if ((byte & 0xc0U) != 0x80U) {
            return 0;
        }
        code_point = (code_point << 6U) | (byte & 0x3fU);
    }
    // The second form starts at U+00A0: U+0080 to U+009F are control characters.
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    const bool clean = code_point >= form->code_point_min && code_point <= 0x10ffff && !surrogate && code_point != 0x7f;
    return clean ? size : 0;
}

} // namespace

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return text.substr(text.size());
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view without_comment(std::string_view text) {
    for (std::size_t index = 0; index < text.size(); ++index) {
        const bool mark = text[index] == ';' || text[index] == '#';
        if (mark && (index == 0 || blanks.contains(text[index - 1]))) {
            return text.substr(0, index);
        }
    }
    return text;
}

std::optional<std::size_t> first_unclean(std::string_view text) {
    for (std::size_t index = 0; index < text.size();) {
        const std::size_t size = clean_sequence_size(text.substr(index));
        if (size == 0) {
            return index;
        }
        index += size;
    }
    return std::nullopt;
}

std::string escaped(std::string_view text) {
    std::string clean;
    while (const auto unclean = first_unclean(text)) {
        clean += text.substr(0, *unclean);
        clean += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text[*unclean]));
        text.remove_prefix(*unclean + 1);
    }
    return clean.append(text);
}

std::vector<ListItem> list_items(std::string_view text) {
    std::vector<ListItem> items;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        const std::string_view item = trim(text.substr(start, end - start));
        items.push_back({.text = item, .offset = static_cast<std::size_t>(item.data() - text.data())});
        start = end + 1;
    }
    return items;
}

} // namespace belay::config
