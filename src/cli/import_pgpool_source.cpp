#include "import_pgpool_source.hpp"

#include "belay/cli/ini_text.hpp"
#include "belay/cli/text.hpp"

#include <limits>
#include <utility>

namespace belay::cli {

namespace {

bool is_secret(std::string_view name) {
    return name.contains("password") || name.contains("authkey") || name.contains("passphrase");
}

} // namespace

const PgpoolSetting* PgpoolSource::find(std::string_view name, std::string_view older) const {
    const PgpoolSetting* const found = conf_.find(name);
    return found != nullptr || older.empty() ? found : conf_.find(older);
}

std::string PgpoolSource::text(std::string_view name, std::string_view fallback) const {
    const PgpoolSetting* found = conf_.find(name);
    found = found == nullptr ? conf_.find_commented(name) : found;
    return std::string(found == nullptr ? fallback : found->value);
}

bool PgpoolSource::flag(std::string_view name, bool fallback) {
    const PgpoolSetting* const setting = conf_.find(name);
    const auto value = setting == nullptr ? std::optional(fallback) : pgpool_flag(setting->value);
    if (!value) {
        error(setting, fmt::format("{} is neither on nor off", shown(*setting)));
    }
    return value.value_or(fallback);
}

std::uint16_t PgpoolSource::port(std::string_view name, std::uint16_t fallback) {
    const PgpoolSetting* const setting = conf_.find(name);
    const auto value = pgpool_number(text(name, std::to_string(fallback)), std::numeric_limits<std::uint16_t>::max());
    if ((!value || *value == 0) && setting != nullptr) {
        error(setting, fmt::format("{} is no port; use 1 to 65535", shown(*setting)));
    }
    return value && *value != 0 ? static_cast<std::uint16_t>(*value) : fallback;
}

void PgpoolSource::taken(const PgpoolSetting* setting, std::string text) {
    tell(setting, true, std::move(text));
}

void PgpoolSource::not_taken(const PgpoolSetting* setting, std::string text) {
    tell(setting, false, std::move(text));
}

void PgpoolSource::tell(const PgpoolSetting* setting, bool taken, std::string text) {
    if (setting != nullptr && told_.emplace(setting->line, taken).second) {
        out_.remarks.push_back(
            {.line = setting->line, .setting = shown(*setting), .taken = taken, .text = std::move(text)});
    }
}

void PgpoolSource::error(const PgpoolSetting* setting, const std::string& text) {
    const config::Problem problem{.severity = config::Severity::error,
                                  .file = options_.file,
                                  .line = setting == nullptr ? 0 : setting->line,
                                  .column = setting == nullptr ? 0 : static_cast<unsigned>(setting->begin) + 1,
                                  .text = clean(text)};
    if (std::ranges::find(out_.problems, problem) == out_.problems.end()) { // several sections may ask for one setting
        out_.problems.push_back(problem);
    }
}

std::vector<IpAddress> PgpoolSource::addresses_of(const std::string& host, const PgpoolSetting* setting) {
    if (const auto given = options_.addresses.find(host); given != options_.addresses.end()) {
        return given->second;
    }
    const std::string name = setting == nullptr ? std::string("this host") : setting->written;
    auto address = parse_ip(host);
    if (!address && options_.resolve) {
        address = options_.resolve(host);
        if (!address) {
            error(setting, fmt::format("{}: '{}' is no address, and this host finds none for it ({}); say it by "
                                       "--address {}=IP",
                                       name, host, address.error().text, host));
            return {};
        }
    }
    if (!address) {
        error(setting, fmt::format("{}: '{}' is no address; say it by --address {}=IP", name, host, host));
        return {};
    }
    if (address->is_loopback()) {
        error(setting, fmt::format("{}: '{}' is {} on this host, where no other node can reach it; say the right "
                                   "address by --address {}=IP",
                                   name, host, to_text(*address), host));
        return {};
    }
    return {*address};
}

std::string shown(const PgpoolSetting& setting) {
    if (is_secret(setting.name)) {
        return fmt::format("{} = (not shown)", clean(setting.written));
    }
    return fmt::format("{} = '{}'", clean(setting.written), quoted_for_comment(setting.value));
}

bool may_hold_secret(std::string_view line) {
    return is_secret(line);
}

} // namespace belay::cli
