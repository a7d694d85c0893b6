#pragma once
// Text <-> one value, with the limits that a single value has to keep. What several values owe each other is checked
// elsewhere (checks.hpp). A refused value says what would have been right.

#include "belay/config/near_miss.hpp"
#include "belay/config/schema.hpp"

#include <expected>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace belay::config {

template <typename T>
using Parsed = std::expected<T, Misfit>;

/// How values of one type are read and written; write(read(text)) means the same as text.
template <typename T>
struct Codec {
    std::function<Parsed<T>(std::string_view)> read;
    std::function<std::string(const T&)> write;
};

template <typename... Args>
[[nodiscard]] std::unexpected<Misfit> misfit(fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(Misfit{.text = fmt::format(format, std::forward<Args>(args)...)});
}

/// Most bytes of the name of a cluster, node or VIP.
inline constexpr std::size_t name_size_max = 63;

/// Most heartbeat channels of a node.
inline constexpr std::size_t channels_max = 8;

/// A name of 1 to 63 letters, digits, dots, underscores and hyphens: safe in file names, logs and shells.
[[nodiscard]] Parsed<std::string> read_name(std::string_view text);

[[nodiscard]] Codec<std::string> name_codec();
/// An absolute path.
[[nodiscard]] Codec<std::string> path_codec();
/// A name that the kernel would accept for an interface (dev_valid_name in net/core/dev.c), but for one that would read
/// as a comment in the file.
[[nodiscard]] Codec<std::string> interface_codec();
[[nodiscard]] Codec<Duration> duration_codec(Duration min, Duration max);
/// The same, and zero.
[[nodiscard]] Codec<Duration> duration_or_zero_codec(Duration min, Duration max);
[[nodiscard]] Codec<std::uint32_t> count_codec(std::uint32_t min, std::uint32_t max);
[[nodiscard]] Codec<std::int32_t> number_codec(std::int32_t min, std::int32_t max);
/// `0.5%`, kept in parts per million, up to `ppm_max`.
[[nodiscard]] Codec<std::uint32_t> percent_codec(std::uint32_t ppm_max);
[[nodiscard]] Codec<bool> yes_no_codec();
/// Any text that is not empty.
[[nodiscard]] Codec<std::string> text_codec();
/// A count that may be left out; nothing prints as an empty text.
[[nodiscard]] Codec<std::optional<std::uint32_t>> optional_count_codec(std::uint32_t min, std::uint32_t max);
/// The unicast address of a host; nothing prints as an empty text.
[[nodiscard]] Codec<std::optional<IpAddress>> host_address_codec();
/// A unicast address and port.
[[nodiscard]] Codec<Endpoint> endpoint_codec();
/// A unicast address and port, or the path of a UNIX socket.
[[nodiscard]] Codec<std::variant<Endpoint, std::string>> endpoint_or_path_codec();
/// One to channels_max of them with commas between.
[[nodiscard]] Codec<std::vector<Endpoint>> endpoints_codec();
/// An address that can be a VIP, and its prefix length.
[[nodiscard]] Codec<IpPrefix> vip_codec();

/// A word with a fixed meaning.
template <typename E>
struct Word {
    std::string_view text;
    E value;
};

/// One word of a fixed set.
template <typename E>
[[nodiscard]] Codec<E> word_codec(const std::vector<Word<E>>& words) {
    auto read = [words](std::string_view text) -> Parsed<E> {
        std::vector<std::string_view> known;
        for (const Word<E>& word : words) {
            if (word.text == text) {
                return word.value;
            }
            known.push_back(word.text);
        }
        const std::string_view meant = nearest(text, known);
        return misfit("'{}' is not one of {}{}", text, fmt::join(known, ", "),
                      meant.empty() ? std::string() : fmt::format("; did you mean '{}'?", meant));
    };
    auto write = [words](const E& value) {
        for (const Word<E>& word : words) {
            if (word.value == value) {
                return std::string(word.text);
            }
        }
        return std::string();
    };
    return {.read = std::move(read), .write = std::move(write)};
}

} // namespace belay::config
