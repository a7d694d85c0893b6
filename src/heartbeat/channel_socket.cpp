#include "belay/heartbeat/channel_socket.hpp"

#include "belay/base/clock.hpp"
#include "belay/heartbeat/arrival_time.hpp"
#include "belay/heartbeat/socket_address.hpp"
#include "belay/wire/heartbeat_codec.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <linux/in6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>

namespace belay::heartbeat {

namespace {

/// Some seconds of heartbeats of 15 nodes, so that a stall of our own loses nothing. The kernel doubles it.
constexpr int receive_buffer_size = 1 << 20;
constexpr int traffic_class = IPTOS_CLASS_CS6;
constexpr int queue_priority = 6; ///< TC_PRIO_INTERACTIVE; the highest that needs no capability (socket(7))

bool set_option(int descriptor, int level, int option, int value) {
    return ::setsockopt(descriptor, level, option, &value, sizeof(value)) == 0;
}

/// Options that heartbeats work without; a kernel that refuses one costs quality, not the channel.
void prefer_options(int descriptor, bool v4) {
    if (!set_option(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_size)) {
        set_option(descriptor, SOL_SOCKET, SO_RCVBUF, receive_buffer_size); // up to net.core.rmem_max
    }
    set_option(descriptor, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TOS : IPV6_TCLASS, traffic_class);
    set_option(descriptor, SOL_SOCKET, SO_PRIORITY, queue_priority);
}

Status require_options(int descriptor, bool v4) {
    const bool freebind = v4 ? set_option(descriptor, IPPROTO_IP, IP_FREEBIND, 1)
                             : set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
                                   set_option(descriptor, IPPROTO_IPV6, IPV6_FREEBIND, 1);
    if (!freebind) {
        return fail_errno(errno, "preparing it for an address that may come later");
    }
    if (!set_option(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1)) {
        return fail_errno(errno, "asking for receive time stamps");
    }
    return {};
}

/// The kernel's receive stamp, or `otherwise` when there is none.
Duration stamp_of(msghdr& header, Duration otherwise) {
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
            timespec stamp{};
            std::memcpy(&stamp, CMSG_DATA(control), sizeof(stamp));
            return std::chrono::seconds(stamp.tv_sec) + Duration(stamp.tv_nsec);
        }
    }
    return otherwise;
}

} // namespace

/// For one recvmmsg(2). Each datagram has room for one byte more than a heartbeat, so that a longer one shows.
struct ChannelSocket::Buffers {
    struct Slot {
        std::array<std::uint8_t, wire::packet_size + 1> bytes{};
        sockaddr_storage source{};
        alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
        iovec vector{};
    };

    std::array<Slot, batch_max> slots{};
    std::array<mmsghdr, batch_max> messages{};

    Buffers() {
        for (std::size_t i = 0; i < batch_max; ++i) {
            Slot& slot = slots.at(i);
            slot.vector = {.iov_base = slot.bytes.data(), .iov_len = slot.bytes.size()};
            msghdr& header = messages.at(i).msg_hdr;
            header.msg_name = &slot.source;
            header.msg_iov = &slot.vector;
            header.msg_iovlen = 1;
            header.msg_control = slot.control.data();
        }
        prepare(batch_max);
    }

    /// The kernel overwrites the lengths of the messages that it fills.
    void prepare(std::size_t filled) {
        for (std::size_t i = 0; i < filled; ++i) {
            messages.at(i).msg_hdr.msg_namelen = sizeof(Slot::source);
            messages.at(i).msg_hdr.msg_controllen = sizeof(Slot::control);
            messages.at(i).msg_hdr.msg_flags = 0;
        }
    }
};

ChannelSocket::ChannelSocket(int descriptor, const Endpoint& own)
    : descriptor_(descriptor)
    , own_(own)
    , empty_at_(boot_now())
    , buffers_(std::make_unique<Buffers>()) {}

ChannelSocket::ChannelSocket(ChannelSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
    , own_(other.own_)
    , empty_at_(other.empty_at_)
    , buffers_(std::move(other.buffers_)) {}

ChannelSocket& ChannelSocket::operator=(ChannelSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(own_, other.own_);
    std::swap(empty_at_, other.empty_at_);
    std::swap(buffers_, other.buffers_);
    return *this;
}

ChannelSocket::~ChannelSocket() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Result<ChannelSocket> ChannelSocket::open(const Endpoint& own) {
    const bool v4 = own.address.is_v4();
    const int descriptor = ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return fail_errno(errno, "cannot make a UDP socket for {}", to_text(own));
    }
    ChannelSocket channel(descriptor, own);
    if (const Status options = require_options(descriptor, v4); !options) {
        return fail("cannot use a UDP socket for {}: {}", to_text(own), options.error().text);
    }
    prefer_options(descriptor, v4);
    const SocketAddress address = to_socket_address(own);
    if (::bind(descriptor, address.get(), address.size) != 0) {
        return fail_errno(errno, "cannot bind a UDP socket to {}", to_text(own));
    }
    return channel;
}

Result<std::size_t> ChannelSocket::read(const std::function<void(const RawDatagram&)>& sink) {
    const Instant before = boot_now();
    int count = -1;
    do {
        count = ::recvmmsg(descriptor_, buffers_->messages.data(), batch_max, MSG_DONTWAIT, nullptr);
    } while (count < 0 && errno == EINTR);
    if (count < 0 && errno != EAGAIN) {
        return fail_errno(errno, "cannot read the UDP socket of {}", to_text(own_));
    }
    // In this order: a pause between the two makes packets look younger, never a living peer silent.
    const Duration wall = wall_now();
    const Instant now = boot_now();
    const std::size_t read = count > 0 ? static_cast<std::size_t>(count) : 0;
    for (std::size_t i = 0; i < read; ++i) {
        mmsghdr& message = buffers_->messages.at(i);
        const Buffers::Slot& slot = buffers_->slots.at(i);
        sink({.bytes = ByteView(slot.bytes).first(message.msg_len),
              .source = to_endpoint(slot.source),
              .heard_at = arrival_time(now, wall, stamp_of(message.msg_hdr, wall), empty_at_)});
    }
    buffers_->prepare(read);
    if (read < batch_max) {
        empty_at_ = before;
    }
    return read;
}

Status ChannelSocket::send(ByteView bytes, const Endpoint& to) const {
    const SocketAddress address = to_socket_address(to);
    const ssize_t sent =
        ::sendto(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, address.get(), address.size);
    if (sent < 0) {
        return fail_errno(errno, "cannot send from {} to {}", to_text(own_), to_text(to));
    }
    return {};
}

} // namespace belay::heartbeat
