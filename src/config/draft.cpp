// Walks the sections of a document along the table of the schema. After each problem it goes on with the next key.

#include "draft.hpp"

#include "belay/config/near_miss.hpp"
#include "text.hpp"
#include "values.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <set>

namespace belay::config {

namespace {

template <typename Rules, typename Member>
std::vector<std::string_view> words_of(const Rules& rules, Member member) {
    std::vector<std::string_view> words;
    words.reserve(rules.size());
    for (const auto& rule : rules) {
        words.push_back(rule.*member);
    }
    return words;
}

/// "; did you mean 'lease'?", or nothing where nothing was meant.
std::string suggestion(std::string_view meant) {
    return meant.empty() ? std::string() : fmt::format("; did you mean '{}'?", meant);
}

/// The other section that has a key of exactly this name; nothing if none has.
const SectionRule* home_of(std::string_view key) {
    const auto has_key = [key](const SectionRule& rule) { return rule.find(key) != nullptr; };
    const auto home = std::ranges::find_if(schema(), has_key);
    return home == schema().end() ? nullptr : &*home;
}

class Reader {
public:
    Reader(const ini::Document& document, Report& report)
        : document_(document)
        , report_(report) {}

    [[nodiscard]] Draft run() {
        draft_.end = document_.end;
        for (const ini::Section& section : document_.sections) {
            if (const SectionRule* const rule = find_rule(section)) {
                read_section(*rule, section);
            }
        }
        return std::move(draft_);
    }

private:
    /// Reports a kind that does not exist; its keys cannot be judged then.
    [[nodiscard]] const SectionRule* find_rule(const ini::Section& section) {
        const auto rule = std::ranges::find(schema(), section.kind, &SectionRule::word);
        if (rule != schema().end()) {
            return &*rule;
        }
        if (!section.kind.empty()) { // else already reported as a fault
            const auto words = words_of(schema(), &SectionRule::word);
            const std::string meant = suggestion(nearest(section.kind, words));
            report_.error(section.at, "unknown section [{}]{}", section.kind,
                          meant.empty() ? fmt::format("; there are {}", fmt::join(words, ", ")) : meant);
        }
        return nullptr;
    }

    void read_section(const SectionRule& rule, const ini::Section& source) {
        DraftSection section{.rule = &rule, .source = &source, .record = rule.empty, .keys = {}};
        check_name(section);
        const auto [first, is_first] = first_of_title_.try_emplace(section.title(), source.at.line);
        if (!is_first) {
            report_.error(source.at, "second section {}; the first one is at line {}: {}", section.title(),
                          first->second, rule.named ? "give it another name" : "put their keys together");
        }
        misspelt_.clear();
        for (const ini::Entry& entry : source.entries) {
            read_entry(section, entry);
        }
        if (is_first) {
            check_required(section);
            draft_.sections.push_back(std::move(section));
        }
    }

    void check_name(DraftSection& section) {
        const ini::Section& source = *section.source;
        const bool named = !source.name.empty();
        if (!section.rule->named && named) {
            report_.error(source.name_at, "section [{}] takes no name; write [{}]", source.kind, source.kind);
        } else if (section.rule->named && !named) {
            report_.error(source.at, "section [{}] needs a name, as in [{} alpha]", source.kind, source.kind);
        } else if (named) {
            if (const auto name = read_name(source.name); !name) {
                report_.error(source.name_at, "[{}]: {}", source.kind, name.error().text);
            }
        }
        set_name(section.record, source.name);
    }

    static void set_name(Record& record, const std::string& name) {
        if (auto* const node = std::get_if<Node>(&record)) {
            node->name = name;
            node->id = node_id(name);
        } else if (auto* const vip = std::get_if<Vip>(&record)) {
            vip->name = name;
        }
    }

    void read_entry(DraftSection& section, const ini::Entry& entry) {
        const KeyRule* const rule = section.rule->find(entry.key);
        if (rule == nullptr) {
            report_unknown_key(section, entry);
            return;
        }
        const auto [known, is_first] = section.keys.try_emplace(rule->name, DraftKey{.entry = &entry, .good = false});
        if (!is_first) {
            report_.error(entry.key_at, "second '{}' in {}; the first one is at line {}: take one of them out",
                          entry.key, section.title(), known->second.entry->key_at.line);
            return;
        }
        if (!entry.readable) {
            return; // already reported as a fault
        }
        const auto done = rule->read(section.record, entry.value);
        known->second.good = done.has_value();
        if (!done) {
            Position at = entry.value_at;
            at.column += static_cast<unsigned>(done.error().offset);
            report_.error(at, "{}: {}", entry.key, done.error().text);
        }
    }

    void report_unknown_key(const DraftSection& section, const ini::Entry& entry) {
        if (const SectionRule* const home = home_of(entry.key)) {
            report_.error(entry.key_at, "unknown key '{}' in {}; it belongs in [{}]", entry.key, section.title(),
                          home->word);
            return;
        }
        const auto words = words_of(section.rule->keys, &KeyRule::name);
        const std::string_view meant = nearest(entry.key, words);
        misspelt_.insert(meant);
        report_.error(entry.key_at, "unknown key '{}' in {}{}", entry.key, section.title(),
                      meant.empty() ? fmt::format("; it has {}", fmt::join(words, ", ")) : suggestion(meant));
    }

    void check_required(const DraftSection& section) {
        for (const KeyRule& rule : section.rule->keys) {
            if (rule.need == Need::required && !section.has(rule.name) && !misspelt_.contains(rule.name)) {
                report_.error(section.source->at, "{} has no '{}'; add a line such as '{} = {}'", section.title(),
                              rule.name, rule.name, rule.example);
            }
        }
    }

    const ini::Document& document_;
    Report& report_;
    Draft draft_;
    std::map<std::string, unsigned> first_of_title_; ///< lines
    std::set<std::string_view> misspelt_; ///< what the unknown keys of this section were probably meant to be
};

} // namespace

bool DraftSection::good(std::string_view key) const {
    const auto found = keys.find(key);
    if (found != keys.end()) {
        return found->second.good;
    }
    const KeyRule* const key_rule = rule->find(key);
    assert(key_rule != nullptr);
    return key_rule->need == Need::optional || key_rule->need == Need::unset;
}

Position DraftSection::at(std::string_view key) const {
    const auto found = keys.find(key);
    return found == keys.end() ? source->at : found->second.entry->value_at;
}

Position DraftSection::at(std::string_view key, std::size_t index) const {
    Position place = at(key);
    if (const auto found = keys.find(key); found != keys.end()) {
        const auto items = list_items(found->second.entry->value);
        assert(index < items.size());
        place.column += static_cast<unsigned>(items[index].offset);
    }
    return place;
}

std::vector<const DraftSection*> Draft::of(SectionKind kind) const {
    std::vector<const DraftSection*> found;
    for (const DraftSection& section : sections) {
        if (section.rule->kind == kind) {
            found.push_back(&section);
        }
    }
    return found;
}

Draft make_draft(const ini::Document& document, Report& report) {
    return Reader(document, report).run();
}

} // namespace belay::config
