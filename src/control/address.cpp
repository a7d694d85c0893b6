#include "belay/control/address.hpp"

#include <algorithm>
#include <iterator>
#include <sys/socket.h>

namespace belay::control {

std::string socket_path(const std::string& directory) {
    return directory + "/control.sock";
}

Result<sockaddr_un> local_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= std::size(address.sun_path)) {
        return fail("'{}' cannot be a socket: its path must have 1 to {} bytes; use a shorter directory", path,
                    std::size(address.sun_path) - 1);
    }
    std::ranges::copy(path, std::begin(address.sun_path));
    return address;
}

} // namespace belay::control
