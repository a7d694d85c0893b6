#pragma once
// The UDP socket of one channel: bound to its own address, so that a packet leaves by the channel that it belongs to.

#include "belay/base/bytes.hpp"
#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/base/time.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace belay::heartbeat {

/// A datagram as the kernel gave it. Longer ones than a heartbeat are cut, yet never to its size.
struct RawDatagram {
    ByteView bytes; ///< valid during the call only
    Endpoint source;
    Instant heard_at; ///< see arrival_time.hpp
};

/// Owns the descriptor. One thread at a time; movable.
class ChannelSocket {
public:
    /// Datagrams that one system call reads at most.
    static constexpr std::size_t batch_max = 32;

    /// Non-blocking, bound to `own` even while no interface has that address (it may come later), with receive stamps
    /// and the priority of network control traffic (CS6, RFC 4594).
    [[nodiscard]] static Result<ChannelSocket> open(const Endpoint& own);

    ChannelSocket(ChannelSocket&& other) noexcept;
    ChannelSocket& operator=(ChannelSocket&& other) noexcept;
    ChannelSocket(const ChannelSocket&) = delete;
    ChannelSocket& operator=(const ChannelSocket&) = delete;
    ~ChannelSocket();

    /// For waiting until it is readable.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    /// Reads one batch and gives each datagram of it to `sink`. The result tells how many there were; fewer than
    /// batch_max: the socket is empty. An error means that the socket is of no use any more.
    [[nodiscard]] Result<std::size_t> read(const std::function<void(const RawDatagram&)>& sink);

    /// Never blocks. A failure concerns this packet only (no route, filtered, no buffer); its errno is in the error.
    [[nodiscard]] Status send(ByteView bytes, const Endpoint& to) const;

private:
    struct Buffers;

    ChannelSocket(int descriptor, const Endpoint& own);

    int descriptor_ = -1;
    Endpoint own_;
    Instant empty_at_; ///< the last time it was known to be empty
    std::unique_ptr<Buffers> buffers_;
};

} // namespace belay::heartbeat
