#include "belay/daemon/upstream_ping.hpp"

#include "belay/base/bytes.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>

namespace belay::daemon {

namespace {

constexpr std::uint8_t echo_request_v4 = 8;
constexpr std::uint8_t echo_reply_v4 = 0;
constexpr std::uint8_t echo_request_v6 = 128;
constexpr std::uint8_t echo_reply_v6 = 129;
constexpr std::size_t sequence_offset = 6;
constexpr std::size_t packets_per_receive_max = 64; // so that a flood cannot hold the thread

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const {
        return static_cast<const sockaddr*>(static_cast<const void*>(&storage));
    }

    [[nodiscard]] sockaddr* get() { return static_cast<sockaddr*>(static_cast<void*>(&storage)); }
};

SocketAddress socket_address(const IpAddress& ip) {
    SocketAddress address;
    if (ip.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        std::memcpy(&v4.sin_addr, ip.bytes.data(), sizeof(v4.sin_addr));
        address.size = sizeof(v4);
        std::memcpy(&address.storage, &v4, sizeof(v4));
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        std::memcpy(&v6.sin6_addr, ip.bytes.data(), sizeof(v6.sin6_addr));
        address.size = sizeof(v6);
        std::memcpy(&address.storage, &v6, sizeof(v6));
    }
    return address;
}

/// Whether both are the same host; ports mean nothing here.
bool same_host(const SocketAddress& from, const IpAddress& ip) {
    const auto* const bytes = static_cast<const std::uint8_t*>(static_cast<const void*>(&from.storage));
    const bool v4 = from.storage.ss_family == AF_INET;
    const std::size_t offset = v4 ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr);
    return v4 == ip.is_v4() && std::ranges::equal(std::span(bytes + offset, ip.view().size()), ip.view());
}

} // namespace

Result<UpstreamPing> UpstreamPing::open(const IpAddress& gateway, const std::string& interface) {
    const bool v6 = gateway.is_v6();
    UniqueFd socket(::socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                             v6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP)));
    if (!socket) {
        const int problem = errno;
        return fail_errno(problem, "cannot open a ping socket for the gateway {}{}", to_text(gateway),
                          problem == EACCES ? "; put the group of belayd into the sysctl net.ipv4.ping_group_range"
                                            : "");
    }
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                     static_cast<socklen_t>(interface.size() + 1)) != 0) {
        return fail_errno(errno, "cannot bind the ping socket to {}", interface);
    }
    const SocketAddress address = socket_address(gateway);
    if (::connect(socket.get(), address.get(), address.size) != 0) {
        return fail_errno(errno, "cannot find a way to the gateway {}", to_text(gateway));
    }
    return UpstreamPing(std::move(socket), gateway);
}

Status UpstreamPing::ask(std::uint16_t sequence) {
    Bytes packet;
    ByteWriter out(packet);
    out.put(gateway_.is_v6() ? echo_request_v6 : echo_request_v4);
    out.put(std::uint8_t{0});
    out.put(std::uint32_t{0}); // checksum and identifier: the kernel fills them in
    out.put(sequence);
    if (::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) {
        return fail_errno(errno, "cannot send an echo request");
    }
    return {};
}

std::optional<std::uint16_t> UpstreamPing::receive() {
    std::array<std::uint8_t, 64> buffer{};
    for (std::size_t count = 0; count < packets_per_receive_max; ++count) {
        SocketAddress from;
        from.size = sizeof(from.storage);
        const ssize_t size = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, from.get(), &from.size);
        if (size < 0 && errno == EAGAIN) {
            return std::nullopt;
        }
        // An ICMP error leaves that question unanswered, and replies may wait behind it. The kernel goes by the
        // identifier alone: a reply of anybody else gets this far.
        if (size < static_cast<ssize_t>(sequence_offset + 2) ||
            buffer[0] != (gateway_.is_v6() ? echo_reply_v6 : echo_reply_v4) || !same_host(from, gateway_)) {
            continue;
        }
        return static_cast<std::uint16_t>((buffer[sequence_offset] << 8U) | buffer[sequence_offset + 1]);
    }
    return std::nullopt;
}

} // namespace belay::daemon
