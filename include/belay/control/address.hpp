#pragma once
// The kernel's form of a local socket's path (unix(7)).

#include "belay/base/result.hpp"

#include <string>
#include <sys/un.h>

namespace belay::control {

/// Fails when the path is empty or longer than the kernel takes (107 bytes).
[[nodiscard]] Result<sockaddr_un> local_address(const std::string& path);

} // namespace belay::control
