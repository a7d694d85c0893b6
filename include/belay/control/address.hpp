#pragma once
// Where the control socket is, and the kernel's form of its path (unix(7)).

#include "belay/base/result.hpp"

#include <string>
#include <sys/un.h>

namespace belay::control {

/// DIR/control.sock (DESIGN section 9).
[[nodiscard]] std::string socket_path(const std::string& directory);

/// Fails when the path is empty or longer than the kernel takes (107 bytes).
[[nodiscard]] Result<sockaddr_un> local_address(const std::string& path);

} // namespace belay::control
