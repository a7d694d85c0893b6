#pragma once
// Members of a JSON object by name and type, without the library's exceptions. Like ByteReader: after the first thing
// amiss every value is empty and the first problem is kept, so that decoders stay straight lines. Pure.

#include "belay/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay {

/// Of one text in a message of another host, so that logs stay readable.
inline constexpr std::size_t text_bytes_max = 1024;

/// Reads from an object that must outlive it. A text may have up to text_bytes_max bytes.
class FieldReader {
public:
    explicit FieldReader(const nlohmann::json& object)
        : object_(object) {}

    [[nodiscard]] std::string text(std::string_view key);
    [[nodiscard]] std::vector<std::string> texts(std::string_view key, std::size_t count_max);
    [[nodiscard]] bool flag(std::string_view key);
    [[nodiscard]] std::int64_t signed_number(std::string_view key);
    [[nodiscard]] std::uint64_t unsigned_number(std::string_view key);
    /// 64 bits written by hex_text().
    [[nodiscard]] std::uint64_t hex(std::string_view key);
    /// Any value; a JSON null when it is missing.
    [[nodiscard]] const nlohmann::json& any(std::string_view key);

    [[nodiscard]] bool has(std::string_view key) const;

    /// Notes a problem found by the caller, unless there was one before.
    void reject(std::string why);

    [[nodiscard]] bool ok() const noexcept { return !problem_; }

    /// The first problem, naming the member.
    [[nodiscard]] std::unexpected<Error> failure() const;

private:
    const nlohmann::json& object_;
    std::optional<std::string> problem_;
};

/// 64 bits as 16 hex digits: JSON numbers of that size do not survive every tool.
[[nodiscard]] std::string hex_text(std::uint64_t value);

} // namespace belay
