#include "belay/cli/vip_command.hpp"

#include "belay/base/inet.hpp"

#include <bit>
#include <charconv>
#include <vector>

namespace belay::cli {

namespace {

constexpr std::string_view placeholder = "$_IP_$";

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    constexpr std::string_view blanks = " \t\"'";
    for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(blanks, end);
    }
    return words;
}

std::optional<std::uint8_t> length_of(std::string_view text) {
    std::uint8_t length = 0;
    const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool good = problem == std::errc{} && rest == text.data() + text.size() && length >= 1 && length <= 128;
    return good ? std::optional(length) : std::nullopt;
}

/// 255.255.255.0 -> 24; nothing for a mask with a hole.
std::optional<std::uint8_t> length_of_mask(std::string_view text) {
    const auto mask = parse_ip(text);
    if (!mask || !mask->is_v4()) {
        return std::nullopt;
    }
    std::uint32_t bits = 0;
    for (const std::uint8_t byte : mask->view()) {
        bits = (bits << 8U) | byte;
    }
    const int ones = std::countl_one(bits);
    return ones > 0 && std::popcount(bits) == ones ? std::optional(static_cast<std::uint8_t>(ones)) : std::nullopt;
}

/// "eth0:0" is interface eth0 with that label.
void take_interface(VipCommand& command, std::string_view word) {
    command.interface = word.substr(0, word.find(':'));
    if (word.contains(':')) {
        command.label = word;
    }
}

} // namespace

VipCommand parse_vip_command(std::string_view text) {
    VipCommand command;
    const std::vector<std::string_view> words = words_of(text);
    for (std::size_t index = 0; index < words.size(); ++index) {
        const std::string_view word = words[index];
        const std::string_view next = index + 1 < words.size() ? words[index + 1] : std::string_view();
        const std::string_view program = word.substr(word.rfind('/') + 1);
        if (word.starts_with(placeholder)) {
            if (word.substr(placeholder.size()).starts_with('/')) {
                command.length = length_of(word.substr(placeholder.size() + 1));
            }
        } else if (program == "ifconfig" || word == "dev" || word == "-I") {
            take_interface(command, next);
        } else if (word == "label") {
            command.label = next;
        } else if (word == "netmask") {
            command.length = length_of_mask(next);
        } else if (word == "prefixlen") {
            command.length = length_of(next);
        }
    }
    return command;
}

} // namespace belay::cli
