#pragma once
// The command line of belayd (DESIGN section 9, belayd(8)).

#include "belay/base/log.hpp"

#include <optional>
#include <string>
#include <variant>

namespace belay::daemon {

struct Options {
    std::string config = "/etc/belay/belay.ini";
    std::optional<std::string> node; ///< nothing: /etc/belay/node, else the host name
    std::string runtime_dir = "/run/belay";
    log::Level log_level = log::Level::info;
};

/// The process is to end with this code; help, version or a usage error were printed.
struct EndNow {
    int exit_code = 0;
};

/// Reads the command line; prints what the user asked to see or did wrong.
[[nodiscard]] std::variant<Options, EndNow> parse_options(int argc, const char* const* argv);

/// Every option with its leading dashes, for the test that compares them with the man page.
[[nodiscard]] std::string list_options();

} // namespace belay::daemon
