#pragma once
// What a command line that puts up an address says about it: `ip addr add $_IP_$/24 dev eth0 label eth0:0`,
// `ifconfig eth0:0 inet $_IP_$ netmask 255.255.255.0`, `arping -U $_IP_$ -I eth0`, with sudo and paths in front. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belay::cli {

/// Each is empty where the command does not say it.
struct VipCommand {
    std::optional<std::uint8_t> length; ///< of the prefix
    std::string interface;
    std::string label; ///< also an interface with a colon, as ifconfig has them
};

[[nodiscard]] VipCommand parse_vip_command(std::string_view text);

} // namespace belay::cli
