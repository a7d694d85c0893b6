#pragma once
// Which node of the configuration this host is (DESIGN section 9).

#include "belay/base/result.hpp"
#include "belay/config/settings.hpp"

#include <optional>
#include <string>

namespace belay::config {

inline constexpr const char* node_file_default = "/etc/belay/node";

/// The name from the option; else the one line of `node_file`, if that exists; else the host name, or its part before
/// the first dot. `host_name` stands for the kernel's answer when given. A name that is not configured is an error,
/// which lists those that are. Any thread.
[[nodiscard]] Result<std::string> own_node_name(const Settings& settings, const std::optional<std::string>& from_option,
                                                const std::string& node_file = node_file_default,
                                                const std::optional<std::string>& host_name = {});

} // namespace belay::config
