// Prints along the schema; what a service type does not look at is left out unless it was set.

#include "belay/config/print.hpp"

#include "belay/config/schema.hpp"

#include <fmt/format.h>

namespace belay::config {

std::string print(const Settings& settings) {
    std::string text;
    for (const SectionRule& section : schema()) {
        for (const Record& record : records_of(settings, section.kind)) {
            text += (text.empty() ? "" : "\n") + section_title(section.word, name_of(record)) + '\n';
            for (const KeyRule& key : section.keys) {
                const std::string value = key.write(record);
                if (key.applies_to(settings.service.kind) || value != key.default_text) {
                    text += fmt::format("{} = {}\n", key.name, value);
                }
            }
        }
    }
    return text;
}

} // namespace belay::config
