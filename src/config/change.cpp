// Compares section by section and key by key along the schema, so that a new key cannot be forgotten here.

#include "belay/config/change.hpp"

#include "belay/config/schema.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::config {

namespace {

class Comparison {
public:
    Comparison(const Settings& running, const Settings& wanted) {
        for (const SectionRule& section : schema()) {
            compare_sections(section, records_of(running, section.kind), records_of(wanted, section.kind));
        }
    }

    [[nodiscard]] Result<Change> result() && {
        if (!refused_.empty()) {
            return fail("{}", fmt::join(refused_, "; "));
        }
        return std::move(change_);
    }

private:
    /// Matches sections by name. One that comes or goes is part of what all nodes agree on.
    void compare_sections(const SectionRule& section, const std::vector<Record>& before,
                          const std::vector<Record>& after) {
        for (const Record& old : before) {
            const auto same = std::ranges::find(after, name_of(old), &name_of);
            if (same == after.end()) {
                refuse(fmt::format("{}: taken out", section_title(section.word, name_of(old))));
            } else {
                compare_keys(section, old, *same);
            }
        }
        for (const Record& added : after) {
            if (std::ranges::find(before, name_of(added), &name_of) == before.end()) {
                refuse(fmt::format("{}: added", section_title(section.word, name_of(added))));
            }
        }
    }

    void compare_keys(const SectionRule& section, const Record& old, const Record& wanted) {
        const auto text_or_nothing = [](std::string text) { return text.empty() ? "nothing" : std::move(text); };
        for (const KeyRule& key : section.keys) {
            const std::string before = key.write(old);
            const std::string after = key.write(wanted);
            if (before == after) {
                continue;
            }
            const std::string text = fmt::format("{} {}: {} -> {}", section_title(section.word, name_of(old)), key.name,
                                                 text_or_nothing(before), text_or_nothing(after));
            if (key.live) {
                change_.keys.push_back(text);
                mark(section.kind, key.name);
            } else {
                refuse(text);
            }
        }
    }

    void refuse(const std::string& what) { refused_.push_back(what + " needs a restart"); }

    /// Tells the daemon which of its parts has something to do.
    void mark(SectionKind kind, std::string_view key) {
        change_.key_file = change_.key_file || key == "key_file";
        change_.preempt = change_.preempt || key.starts_with("preempt");
        change_.priority = change_.priority || kind == SectionKind::node;
        change_.service = change_.service || kind == SectionKind::service;
        change_.announce = change_.announce || kind == SectionKind::announce;
        change_.pgpool = change_.pgpool || kind == SectionKind::pgpool;
        change_.hooks = change_.hooks || kind == SectionKind::hooks;
    }

    Change change_;
    std::vector<std::string> refused_;
};

} // namespace

Result<Change> compare(const Settings& running, const Settings& wanted) {
    return Comparison(running, wanted).result();
}

} // namespace belay::config
