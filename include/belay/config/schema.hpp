#pragma once
// The table of all sections and keys: the one source for reading, suggestions, printing and reloading, and what tests
// compare the manual with (DESIGN section 9).

#include "belay/config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace belay::config {

enum class SectionKind : std::uint8_t { cluster, node, vip, service, announce, pgpool, hooks };

/// The values of one section.
using Record = std::variant<Cluster, Node, Vip, Service, Announce, Pgpool, Hooks>;

/// Why a value was refused, with the remedy. `offset` is the place in the value, in bytes, for one item of a list.
struct Misfit {
    std::string text;
    std::size_t offset = 0;
};

enum class Need : std::uint8_t {
    required,     ///< the section is wrong without it
    by_other_key, ///< required where another key says so: the service type, the tiebreaker
    optional,     ///< has a default
    unset,        ///< may be left out, and then there is none
};

struct KeyRule {
    std::string_view name;
    std::string_view meaning; ///< one line for people
    std::string_view example; ///< a value that can be written
    Need need = Need::optional;
    bool live = false; ///< a reload may change it (DESIGN section 9); otherwise the daemon needs a restart
    std::vector<ServiceKind> only_for; ///< service types for which it means anything; empty: always
    std::string default_text;          ///< empty: it has none

    /// Puts a value into the record, which must be of the section's type; leaves it as it is when the value is refused.
    std::function<std::expected<void, Misfit>(Record&, std::string_view)> read;
    /// The value as text that read() takes; empty where it is not set.
    std::function<std::string(const Record&)> write;

    /// Whether a service of that type looks at the key; always true outside [service].
    [[nodiscard]] bool applies_to(ServiceKind type) const;
};

struct SectionRule {
    SectionKind kind = SectionKind::cluster;
    std::string_view word; ///< as in `[word]`
    bool named = false;    ///< `[word NAME]`, and there may be several
    bool required = false;
    std::string_view meaning;
    Record empty; ///< every key at its default
    std::vector<KeyRule> keys;

    /// The key of that name, or nullptr.
    [[nodiscard]] const KeyRule* find(std::string_view name) const;
};

/// All sections, in the order in which they are printed. Made at the first call, never changed. Any thread.
[[nodiscard]] const std::vector<SectionRule>& schema();

/// The rule of that kind.
[[nodiscard]] const SectionRule& section_rule(SectionKind kind);

/// The sections of that kind as records, in the order of the settings; for a kind without names one,
/// or none where the settings hold it as optional.
[[nodiscard]] std::vector<Record> records_of(const Settings& settings, SectionKind kind);

/// The name of a node or VIP; empty for other sections.
[[nodiscard]] std::string_view name_of(const Record& record);

/// "[node alpha]" or "[cluster]".
[[nodiscard]] std::string section_title(std::string_view word, std::string_view name);

} // namespace belay::config
