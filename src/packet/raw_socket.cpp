#include "belay/packet/raw_socket.hpp"

#include "belay/wire/arp.hpp"
#include "belay/wire/neighbour.hpp"

#include <arpa/inet.h>
#include <array>
#include <cassert>
#include <cerrno>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <span>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace belay::packet {

namespace {

constexpr std::size_t mac_size = 6;

constexpr std::uint16_t load_byte = BPF_LD | BPF_B | BPF_ABS;
constexpr std::uint16_t jump_if_equal = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t give = BPF_RET | BPF_K;
constexpr std::uint32_t everything = 0xffff'ffff;

/// Passes IPv6 frames whose next header (byte 20 of the frame) is ICMPv6 and whose type (byte 54) is 136.
constexpr std::array<sock_filter, 6> advertisements_only{{
    {.code = load_byte, .jt = 0, .jf = 0, .k = 20},
    {.code = jump_if_equal, .jt = 0, .jf = 3, .k = 58},
    {.code = load_byte, .jt = 0, .jf = 0, .k = 54},
    {.code = jump_if_equal, .jt = 0, .jf = 1, .k = 136},
    {.code = give, .jt = 0, .jf = 0, .k = everything},
    {.code = give, .jt = 0, .jf = 0, .k = 0},
}};

constexpr std::array<sock_filter, 1> all_frames{{{.code = give, .jt = 0, .jf = 0, .k = everything}}};
constexpr std::array<sock_filter, 1> no_frame{{{.code = give, .jt = 0, .jf = 0, .k = 0}}};

Status attach(int fd, std::span<const sock_filter> program) {
    // The kernel only reads the program; the structure's pointer is not const for historical reasons.
    std::vector<sock_filter> copy(program.begin(), program.end());
    const sock_fprog filter{.len = static_cast<std::uint16_t>(copy.size()), .filter = copy.data()};
    if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) != 0) {
        return fail_errno(errno, "cannot set the filter of the packet socket");
    }
    return {};
}

sockaddr_ll link_address(int ifindex, std::uint16_t ethertype) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ethertype);
    address.sll_ifindex = ifindex;
    address.sll_halen = mac_size;
    return address;
}

const sockaddr* generic(const sockaddr_ll& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

/// Whether the frame was meant for this host and came from outside. Frames to other hosts show up under promiscuous
/// mode, and with a VLAN that this host has no interface for. What this host sends is shown to sockets for all
/// EtherTypes only.
bool is_for_us(const sockaddr_ll& from) {
    return from.sll_pkttype == PACKET_HOST || from.sll_pkttype == PACKET_BROADCAST ||
           from.sll_pkttype == PACKET_MULTICAST;
}

} // namespace

Result<RawSocket> RawSocket::open() {
    // Protocol 0: it hears nothing until hear(), so no frame is ever seen with CAP_NET_RAW in hand.
    const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return fail_errno(errno, "cannot open a packet socket (it needs CAP_NET_RAW)");
    }
    return RawSocket(fd);
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

RawSocket& RawSocket::operator=(RawSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

RawSocket::~RawSocket() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

Status RawSocket::bind_to(std::uint16_t ethertype) {
    const sockaddr_ll address = link_address(0, ethertype);
    if (::bind(fd_, generic(address), sizeof(address)) != 0) {
        return fail_errno(errno, "cannot bind the packet socket to EtherType {:#06x}", ethertype);
    }
    return {};
}

Status RawSocket::hear(Hearing what) {
    const bool is_arp = what == Hearing::arp;
    const auto program = is_arp ? std::span<const sock_filter>(all_frames) : advertisements_only;
    // The filter first: no frame of the new kind may slip in under the old one.
    if (Status status = attach(fd_, program); !status) {
        return status;
    }
    return bind_to(is_arp ? wire::ethertype_arp : wire::ethertype_ipv6);
}

Status RawSocket::hear_nothing() {
    // The kernel takes EtherType 0 in a bind as "as before", so only a filter can make the socket deaf again.
    return attach(fd_, no_frame);
}

Status RawSocket::send(int ifindex, ByteView frame) {
    constexpr std::size_t header_size = 14;
    assert(frame.size() >= header_size);
    const auto ethertype = static_cast<std::uint16_t>((frame[header_size - 2] << 8U) | frame[header_size - 1]);
    const sockaddr_ll address = link_address(ifindex, ethertype);
    const ssize_t sent =
        ::sendto(fd_, frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL, generic(address), sizeof(address));
    if (sent < 0) {
        return fail_errno(errno, "cannot send a frame on interface index {}", ifindex);
    }
    return {};
}

Result<std::vector<Frame>> RawSocket::receive() {
    std::vector<Frame> frames;
    std::array<std::uint8_t, frame_size_max> buffer{};
    for (std::size_t count = 0; count < frames_per_receive_max; ++count) {
        sockaddr_ll from{};
        socklen_t from_size = sizeof(from);
        const ssize_t size = ::recvfrom(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT,
                                        static_cast<sockaddr*>(static_cast<void*>(&from)), &from_size);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0 && errno == EAGAIN) {
            break;
        }
        if (size < 0) {
            return fail_errno(errno, "cannot receive from the packet socket");
        }
        if (is_for_us(from)) {
            frames.push_back({.ifindex = from.sll_ifindex, .bytes = Bytes(buffer.begin(), buffer.begin() + size)});
        }
    }
    return frames;
}

} // namespace belay::packet
