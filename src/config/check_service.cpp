// The keys of [service] depend on its type; the table says which (schema.cpp).

#include "checks.hpp"

namespace belay::config {

void check_service(const Draft& draft, Report& report) {
    for (const DraftSection* const section : draft.of(SectionKind::service)) {
        if (!section->good("type")) {
            continue; // what it needs cannot be known
        }
        const auto type = std::get<Service>(section->record).kind;
        const std::string type_text = section->rule->find("type")->write(section->record);
        for (const KeyRule& rule : section->rule->keys) {
            const bool applies = rule.applies_to(type);
            if (!applies && section->has(rule.name)) {
                report.warning(section->keys.at(rule.name).entry->key_at,
                               "'{}' means nothing to a service of type {}; take the line out", rule.name, type_text);
            }
            if (applies && rule.need == Need::by_other_key && !section->has(rule.name)) {
                report.error(section->at("type"), "a service of type {} needs '{}'; add a line such as '{} = {}'",
                             type_text, rule.name, rule.name, rule.example);
            }
        }
    }
}

} // namespace belay::config
