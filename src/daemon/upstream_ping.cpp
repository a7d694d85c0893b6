#include "belay/daemon/upstream_ping.hpp"

#include "belay/base/bytes.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace belay::daemon {

namespace {

constexpr std::uint8_t echo_request_v4 = 8;
constexpr std::uint8_t echo_reply_v4 = 0;
constexpr std::uint8_t echo_request_v6 = 128;
constexpr std::uint8_t echo_reply_v6 = 129;
constexpr std::size_t sequence_offset = 6;

/// The kernel delivers what came from the connected address only.
Status connect_to(int socket, const IpAddress& gateway) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (gateway.is_v4()) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        std::memcpy(&address.sin_addr, gateway.bytes.data(), sizeof(address.sin_addr));
        size = sizeof(address);
        std::memcpy(&storage, &address, size);
    } else {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        std::memcpy(&address.sin6_addr, gateway.bytes.data(), sizeof(address.sin6_addr));
        size = sizeof(address);
        std::memcpy(&storage, &address, size);
    }
    if (::connect(socket, static_cast<const sockaddr*>(static_cast<const void*>(&storage)), size) != 0) {
        return fail_errno(errno, "cannot find a way to the gateway {}", to_text(gateway));
    }
    return {};
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
    if (const Status connected = connect_to(socket.get(), gateway); !connected) {
        return std::unexpected(connected.error());
    }
    return UpstreamPing(std::move(socket), v6);
}

Status UpstreamPing::ask(std::uint16_t sequence) {
    Bytes packet;
    ByteWriter out(packet);
    out.put(v6_ ? echo_request_v6 : echo_request_v4);
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
    for (;;) {
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) {
            return std::nullopt; // nothing there, or an ICMP error: the question stays unanswered
        }
        if (static_cast<std::size_t>(size) < sequence_offset + 2 ||
            buffer[0] != (v6_ ? echo_reply_v6 : echo_reply_v4)) {
            continue;
        }
        return static_cast<std::uint16_t>((buffer[sequence_offset] << 8U) | buffer[sequence_offset + 1]);
    }
}

} // namespace belay::daemon
