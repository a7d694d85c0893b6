#include "belay/daemon/upstream_ping.hpp"

#include "belay/base/bytes.hpp"
#include "belay/heartbeat/socket_address.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <netinet/in.h>
#include <sys/socket.h>

namespace belay::daemon {

namespace {

constexpr std::uint8_t echo_request_v4 = 8;
constexpr std::uint8_t echo_reply_v4 = 0;
constexpr std::uint8_t echo_request_v6 = 128;
constexpr std::uint8_t echo_reply_v6 = 129;
constexpr std::size_t sequence_offset = 6;
constexpr std::size_t packets_per_receive_max = 64; // so that a flood cannot hold the thread

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
    const heartbeat::SocketAddress address = heartbeat::to_socket_address({.address = gateway, .port = 0});
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
        sockaddr_storage from{};
        socklen_t from_size = sizeof(from);
        const ssize_t size = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0,
                                        static_cast<sockaddr*>(static_cast<void*>(&from)), &from_size);
        if (size < 0 && errno == EAGAIN) {
            return std::nullopt;
        }
        // An ICMP error leaves that question unanswered, and replies may wait behind it. The kernel goes by the
        // identifier alone: a reply of anybody else gets this far.
        if (size < static_cast<ssize_t>(sequence_offset + 2) ||
            buffer[0] != (gateway_.is_v6() ? echo_reply_v6 : echo_reply_v4) ||
            heartbeat::to_endpoint(from).address != gateway_) {
            continue;
        }
        return static_cast<std::uint16_t>((buffer[sequence_offset] << 8U) | buffer[sequence_offset + 1]);
    }
    return std::nullopt;
}

} // namespace belay::daemon
