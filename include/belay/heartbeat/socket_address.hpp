#pragma once
// Endpoint <-> sockaddr.

#include "belay/base/inet.hpp"

#include <sys/socket.h>

namespace belay::heartbeat {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const noexcept;
};

[[nodiscard]] SocketAddress to_socket_address(const Endpoint& endpoint) noexcept;

/// 0.0.0.0:0 for a family that is neither IPv4 nor IPv6.
[[nodiscard]] Endpoint to_endpoint(const sockaddr_storage& storage) noexcept;

} // namespace belay::heartbeat
