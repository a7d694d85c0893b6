// Prints along the schema; what is not set, or what a service type does not look at at its default, is left out.

#include "belay/config/print.hpp"

#include "belay/config/schema.hpp"

#include <fmt/format.h>

namespace belay::config {

namespace {

/// A comment begins with a mark behind a blank, so a value that begins with one stands right behind the `=`.
std::string line_of(std::string_view key, std::string_view value) {
    const bool mark = value.starts_with(';') || value.starts_with('#');
    return fmt::format("{} ={}{}\n", key, mark ? "" : " ", value);
}

} // namespace

std::string print(const Settings& settings) {
    std::string text;
    for (const SectionRule& section : schema()) {
        for (const Record& record : records_of(settings, section.kind)) {
            text += (text.empty() ? "" : "\n") + section_title(section.word, name_of(record)) + '\n';
            for (const KeyRule& key : section.keys) {
                const std::string value = key.write(record);
                const bool set = !value.empty() && value != key.default_text;
                const bool asked =
                    key.need != Need::by_other_key && key.need != Need::unset && key.applies_to(settings.service.kind);
                if (set || asked) {
                    text += line_of(key.name, value);
                }
            }
        }
    }
    return text;
}

} // namespace belay::config
