#include "belay/heartbeat/socket_address.hpp"

#include <cstring>
#include <netinet/in.h>

namespace belay::heartbeat {

const sockaddr* SocketAddress::get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage); // the way of the sockets interface (RFC 3493 section 3.10)
}

SocketAddress to_socket_address(const Endpoint& endpoint) noexcept {
    SocketAddress result;
    if (endpoint.address.is_v4()) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(endpoint.port);
        std::memcpy(&address.sin_addr, endpoint.address.bytes.data(), sizeof(address.sin_addr));
        std::memcpy(&result.storage, &address, sizeof(address));
        result.size = sizeof(address);
        return result;
    }
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, endpoint.address.bytes.data(), sizeof(address.sin6_addr));
    std::memcpy(&result.storage, &address, sizeof(address));
    result.size = sizeof(address);
    return result;
}

Endpoint to_endpoint(const sockaddr_storage& storage) noexcept {
    Endpoint endpoint;
    if (storage.ss_family == AF_INET) {
        sockaddr_in address{};
        std::memcpy(&address, &storage, sizeof(address));
        endpoint.port = ntohs(address.sin_port);
        std::memcpy(endpoint.address.bytes.data(), &address.sin_addr, sizeof(address.sin_addr));
    } else if (storage.ss_family == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, &storage, sizeof(address));
        endpoint.address.family = IpAddress::Family::v6;
        endpoint.port = ntohs(address.sin6_port);
        std::memcpy(endpoint.address.bytes.data(), &address.sin6_addr, sizeof(address.sin6_addr));
    }
    return endpoint;
}

} // namespace belay::heartbeat
