#pragma once
// What can only be judged on the host that will run the daemon: the key file and files of passwords, the interfaces,
// the node's own name.

#include "belay/config/load.hpp"

#include <optional>
#include <string>
#include <vector>

namespace belay::config {

/// What is wrong with this host for settings that were loaded well; nothing when `loaded.settings` is missing. The key
/// file is an error; an interface that does not exist here, a file of passwords that is missing or too open, and a host
/// that is no node are warnings, because a file may be checked on another host; a witness needs none of them. `node` is
/// the name given by an option, if any. Reads the key file and asks the kernel for interfaces. Any thread.
[[nodiscard]] std::vector<Problem> check_host(const Loaded& loaded, const std::optional<std::string>& node = {});

} // namespace belay::config
