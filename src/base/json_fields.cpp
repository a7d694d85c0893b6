#include "belay/base/json_fields.hpp"

#include <cassert>
#include <charconv>
#include <limits>

namespace belay {

namespace {

const nlohmann::json nothing;

} // namespace

bool FieldReader::has(std::string_view key) const {
    return object_.is_object() && object_.contains(key);
}

const nlohmann::json& FieldReader::any(std::string_view key) {
    if (!object_.is_object()) {
        reject("a JSON object is expected");
        return nothing;
    }
    const auto found = object_.find(key);
    if (found == object_.end()) {
        reject(fmt::format("'{}' is missing", key));
        return nothing;
    }
    return *found;
}

std::string FieldReader::text(std::string_view key) {
    const auto* const value = any(key).get_ptr<const std::string*>();
    if (value == nullptr) {
        reject(fmt::format("'{}' is not a text", key));
        return {};
    }
    if (value->size() > text_bytes_max) {
        reject(fmt::format("'{}' has {} bytes; the limit is {}", key, value->size(), text_bytes_max));
        return {};
    }
    return *value;
}

std::vector<std::string> FieldReader::texts(std::string_view key, std::size_t count_max) {
    const nlohmann::json& list = any(key);
    if (!list.is_array() || list.size() > count_max) {
        reject(fmt::format("'{}' is not a list of at most {} texts", key, count_max));
        return {};
    }
    std::vector<std::string> out;
    for (const nlohmann::json& item : list) {
        const auto* const value = item.get_ptr<const std::string*>();
        if (value == nullptr || value->size() > text_bytes_max) {
            reject(fmt::format("'{}' holds something that is not a text of at most {} bytes", key, text_bytes_max));
            return {};
        }
        out.push_back(*value);
    }
    return out;
}

bool FieldReader::flag(std::string_view key) {
    const nlohmann::json& value = any(key);
    if (!value.is_boolean()) {
        reject(fmt::format("'{}' is neither true nor false", key));
        return false;
    }
    return value.get<bool>();
}

std::int64_t FieldReader::signed_number(std::string_view key) {
    const nlohmann::json& value = any(key);
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > most)) {
        reject(fmt::format("'{}' is not a whole number of 64 bits", key));
        return 0;
    }
    return value.get<std::int64_t>();
}

std::uint64_t FieldReader::unsigned_number(std::string_view key) {
    const nlohmann::json& value = any(key);
    if (!value.is_number_unsigned()) {
        reject(fmt::format("'{}' is not a whole number from 0", key));
        return 0;
    }
    return value.get<std::uint64_t>();
}

std::uint64_t FieldReader::hex(std::string_view key) {
    const std::string digits = text(key);
    constexpr int base = 16;
    constexpr std::size_t digits_count = 16;
    std::uint64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [rest, problem] = std::from_chars(digits.data(), end, value, base);
    if (digits.size() != digits_count || problem != std::errc{} || rest != end) {
        reject(fmt::format("'{}' does not have {} hex digits", key, digits_count));
        return 0;
    }
    return value;
}

void FieldReader::reject(std::string why) {
    if (!problem_) {
        problem_ = std::move(why);
    }
}

std::unexpected<Error> FieldReader::failure() const {
    assert(problem_);
    return std::unexpected(Error{.text = *problem_});
}

std::string hex_text(std::uint64_t value) {
    return fmt::format("{:016x}", value);
}

} // namespace belay
