#pragma once
// How a row of the schema is made: a key bound to a field of its section.

#include "belay/config/schema.hpp"
#include "values.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace belay::config {

/// What a key is, apart from its value.
struct Traits {
    std::string_view meaning;
    std::string_view example = {};
    Need need = Need::optional;
    bool live = false;
    std::vector<ServiceKind> only_for = {};
};

/// Binds a key to a field of its section. The default is what the field has in a new section (settings.hpp).
template <typename Owner, typename T>
KeyRule key(std::string_view name, T Owner::* field, const Codec<T>& codec, const Traits& traits) {
    const bool has_default = traits.need == Need::optional;
    return {.name = name,
            .meaning = traits.meaning,
            .example = traits.example,
            .need = traits.need,
            .live = traits.live,
            .only_for = traits.only_for,
            .default_text = has_default ? codec.write(Owner{}.*field) : std::string(),
            .read = [field, codec](Record& record, std::string_view text) -> std::expected<void, Misfit> {
                auto value = codec.read(text);
                if (!value) {
                    return std::unexpected(std::move(value).error());
                }
                std::get<Owner>(record).*field = *std::move(value);
                return {};
            },
            .write = [field, codec](const Record& record) { return codec.write(std::get<Owner>(record).*field); }};
}

/// The rows of [service], [pgpool] and [hooks].
[[nodiscard]] std::vector<KeyRule> service_keys();
[[nodiscard]] std::vector<KeyRule> pgpool_keys();
[[nodiscard]] std::vector<KeyRule> hooks_keys();

} // namespace belay::config
