#pragma once
// The pgpool.conf that is imported, as its parts are read one after the other; and the record of what became of each
// setting, so that none is passed over in silence.

#include "belay/cli/import_result.hpp"
#include "belay/cli/pgpool_conf.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::cli {

class PgpoolSource {
public:
    PgpoolSource(const PgpoolConf& conf, const ImportOptions& options, Imported& out)
        : conf_(conf)
        , options_(options)
        , out_(out) {}

    [[nodiscard]] const PgpoolConf& conf() const noexcept { return conf_; }

    [[nodiscard]] const ImportOptions& options() const noexcept { return options_; }

    /// The setting that counts, by its newest name and its older ones; nullptr when there is none.
    [[nodiscard]] const PgpoolSetting* find(std::string_view name, std::string_view older = {}) const;

    /// Its value; else the one in a comment, by which a sample file shows the default of its build; else `fallback`.
    [[nodiscard]] std::string text(std::string_view name, std::string_view fallback) const;
    /// The same, but a value that is none is an error in the file.
    bool flag(std::string_view name, bool fallback);
    std::uint16_t port(std::string_view name, std::uint16_t fallback);

    /// Records where a setting went, or why it went nowhere. nullptr is passed over; the first word counts.
    void taken(const PgpoolSetting* setting, std::string text);
    void not_taken(const PgpoolSetting* setting, std::string text);

    /// Whether something was recorded.
    [[nodiscard]] bool is_told(const PgpoolSetting& setting) const { return told_.contains(setting.line); }

    /// An error at a setting; nullptr is the file as a whole.
    void error(const PgpoolSetting* setting, std::string text);

    /// The addresses of a host that a setting names: of --address, an address as it is, else from the resolver. Without
    /// an answer it reports an error, and the list is empty.
    [[nodiscard]] std::vector<IpAddress> addresses_of(const std::string& host, const PgpoolSetting* setting);

private:
    void tell(const PgpoolSetting* setting, bool taken, std::string text);

    const PgpoolConf& conf_;
    const ImportOptions& options_;
    Imported& out_;
    std::map<unsigned, bool> told_; ///< by line
};

/// The setting as the file writes it, in one line; a password without its value.
[[nodiscard]] std::string shown(const PgpoolSetting& setting);

/// Whether one of them is `value`.
template <typename T>
[[nodiscard]] bool has(const std::vector<T>& values, const T& value) {
    return std::ranges::find(values, value) != values.end();
}

/// Whether a line of pgpool.conf may hold a secret.
[[nodiscard]] bool may_hold_secret(std::string_view line);

} // namespace belay::cli
