#pragma once
// The arguments of one request: read one by one, each by its type, then finish() finds what nobody asked for. After a
// first error the rest reads as absent, and finish() returns that error. Private to request.cpp.

#include "belay/control/request.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belay::control {

/// A piece of somebody's input as it may stand in an error: short, whatever was sent.
[[nodiscard]] std::string excerpt(std::string_view text);

class Arguments {
public:
    /// Both must outlive it.
    Arguments(const nlohmann::json& object, std::string_view command)
        : object_(object)
        , command_(command)
        , known_{"command"} {}

    [[nodiscard]] std::int64_t count(std::string_view key, std::int64_t least, std::int64_t most);
    [[nodiscard]] std::optional<std::int64_t> optional_count(std::string_view key, std::int64_t least,
                                                             std::int64_t most);
    [[nodiscard]] Duration ms(std::string_view key, std::int64_t least, Duration most);
    [[nodiscard]] std::optional<Duration> optional_ms(std::string_view key, std::int64_t least, Duration most);
    [[nodiscard]] bool flag(std::string_view key);
    [[nodiscard]] std::string text(std::string_view key);
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view key);
    /// The index of one of `words`.
    [[nodiscard]] std::size_t word(std::string_view key, std::span<const std::string_view> words);

    [[nodiscard]] Result<Request> finish(Request request);

private:
    /// Null counts as left out.
    [[nodiscard]] const nlohmann::json* find(std::string_view key);

    template <typename T>
    T required(std::string_view key, T fallback) {
        if (find(key) == nullptr) {
            complain(fmt::format("'{}' needs the argument '{}'", command_, key));
        }
        return fallback;
    }

    void complain(std::string problem);
    [[nodiscard]] std::string choice() const;

    const nlohmann::json& object_;
    std::string_view command_;
    std::vector<std::string_view> known_;
    std::string problem_;
};

} // namespace belay::control
