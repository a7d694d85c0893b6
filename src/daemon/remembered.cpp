// The content of the files in the runtime directory: one JSON object with exactly the keys that belong there, so that a
// file that was cut short, or has anything more, does not pass for a good one.

#include "belay/daemon/runtime_dir.hpp"

#include <cassert>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

namespace belay::daemon {

namespace {

using nlohmann::json;

constexpr auto* lease_file = "lease";
constexpr auto* maintenance_file = "maintenance";
constexpr auto* databases_file = "databases";

/// A JSON object with that many keys, or a discarded value.
json parse_object(const std::string& content, std::size_t keys) {
    const json value = json::parse(content, nullptr, false);
    return value.is_object() && value.size() == keys ? value : json(json::value_t::discarded);
}

/// Nothing where the key is missing or is no whole number above zero.
std::optional<std::int64_t> positive(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned()) {
        return std::nullopt;
    }
    const auto value = found->get<std::uint64_t>();
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return value > 0 && value <= most ? std::optional(static_cast<std::int64_t>(value)) : std::nullopt;
}

std::optional<Duration> parse_lease(const std::string& content) {
    const json object = parse_object(content, 1);
    const std::optional<std::int64_t> lease_ns = object.is_object() ? positive(object, "lease_ns") : std::nullopt;
    return lease_ns && Duration(*lease_ns) <= lease_max ? std::optional(Duration(*lease_ns)) : std::nullopt;
}

struct MaintenanceRecord {
    BootId boot_id{};
    Maintenance maintenance;
};

std::optional<MaintenanceRecord> parse_maintenance(const std::string& content) {
    const json object = parse_object(content, 2);
    if (!object.is_object() || !object.contains("boot_id") || !object["boot_id"].is_string() ||
        !object.contains("until_boottime_ns")) {
        return std::nullopt;
    }
    const Result<BootId> boot_id = parse_boot_id(object["boot_id"].get<std::string>());
    const std::optional<std::int64_t> until_ns = positive(object, "until_boottime_ns");
    if (!boot_id || (!until_ns && !object["until_boottime_ns"].is_null())) {
        return std::nullopt;
    }
    MaintenanceRecord record{.boot_id = *boot_id, .maintenance = {}};
    if (until_ns) {
        record.maintenance.until = Instant(Duration(*until_ns));
    }
    return record;
}

Error not_understood(const std::string& path, const char* name, std::string_view instead) {
    return {.text = fmt::format("{}/{} is not as belayd writes it; {}", path, name, instead)};
}

} // namespace

Remembered<Duration> RuntimeDir::remembered_lease() const {
    const Result<std::optional<std::string>> content = read(lease_file);
    if (!content) {
        return {.value = lease_max, .problem = content.error()};
    }
    const std::optional<std::string>& text = *content;
    if (!text) {
        return {.value = Duration::zero(), .problem = std::nullopt};
    }
    if (const std::optional<Duration> lease = parse_lease(*text)) {
        return {.value = *lease, .problem = std::nullopt};
    }
    return {.value = lease_max,
            .problem = not_understood(path_, lease_file, "taken for the longest lease, " + to_text(lease_max))};
}

Status RuntimeDir::remember_lease(Duration lease) const {
    assert(lease > Duration::zero() && lease <= lease_max);
    return replace(lease_file, json{{"lease_ns", static_cast<std::uint64_t>(lease.count())}}.dump() + '\n');
}

Remembered<std::optional<Maintenance>> RuntimeDir::remembered_maintenance(const BootId& boot_id) const {
    const Result<std::optional<std::string>> content = read(maintenance_file);
    if (!content) {
        return {.value = Maintenance{}, .problem = content.error()};
    }
    const std::optional<std::string>& text = *content;
    if (!text) {
        return {.value = std::nullopt, .problem = std::nullopt};
    }
    const std::optional<MaintenanceRecord> record = parse_maintenance(*text);
    if (!record) {
        return {.value = Maintenance{},
                .problem = not_understood(path_, maintenance_file, "taken for maintenance without an end")};
    }
    if (record->boot_id != boot_id) {
        return {.value = std::nullopt, .problem = std::nullopt}; // its end was on a clock that is gone
    }
    return {.value = record->maintenance, .problem = std::nullopt};
}

Status RuntimeDir::remember_maintenance(const BootId& boot_id, const std::optional<Maintenance>& maintenance) const {
    if (!maintenance) {
        return remove(maintenance_file);
    }
    json record{{"boot_id", boot_id_text(boot_id)}, {"until_boottime_ns", nullptr}};
    if (maintenance->until) {
        record["until_boottime_ns"] = static_cast<std::uint64_t>(maintenance->until->time_since_epoch().count());
    }
    return replace(maintenance_file, record.dump() + '\n');
}

Result<std::optional<std::string>> RuntimeDir::remembered_databases() const {
    return read(databases_file);
}

Status RuntimeDir::remember_databases(std::string_view copy) const {
    return replace(databases_file, copy, Durability::when_convenient);
}

} // namespace belay::daemon
