#pragma once
// A file between syntax and settings: every section with its values and their places, as far as they could be read.
// Rules that join several values (checks.hpp) look here, and skip what was already found unreadable, so that one
// mistake makes one problem.

#include "belay/config/ini.hpp"
#include "belay/config/schema.hpp"
#include "report.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace belay::config {

/// A key that the section has.
struct DraftKey {
    const ini::Entry* entry = nullptr;
    bool good = false; ///< its value is in the record
};

/// The first section of its title; further ones are reported and left out.
struct DraftSection {
    const SectionRule* rule = nullptr;
    const ini::Section* source = nullptr;
    Record record;
    std::map<std::string_view, DraftKey> keys;

    /// "[node alpha]".
    [[nodiscard]] std::string title() const { return section_title(rule->word, source->name); }

    [[nodiscard]] bool has(std::string_view key) const { return keys.contains(key); }

    /// Whether the record's value of that key can be relied on: well read, or a default.
    [[nodiscard]] bool good(std::string_view key) const;

    /// Where its value stands; the section where the key is left out.
    [[nodiscard]] Position at(std::string_view key) const;

    /// Where the index-th item of its value stands, counted from 0.
    [[nodiscard]] Position at(std::string_view key, std::size_t index) const;
};

struct Draft {
    std::vector<DraftSection> sections; ///< in the order of the file
    Position end;

    /// The sections of one kind, in the order of the file.
    [[nodiscard]] std::vector<const DraftSection*> of(SectionKind kind) const;
};

/// Reads all sections and keys that the schema knows; reports what it does not know, what is there twice, what is
/// missing and what has an impossible value. The document must outlive the draft.
[[nodiscard]] Draft make_draft(const ini::Document& document, Report& report);

} // namespace belay::config
