#pragma once
// A packet socket that outlives the right to make one (DESIGN section 5): opened at start while CAP_NET_RAW is there,
// it sends whole Ethernet frames on any interface and may be told what to hear after the capability was dropped.
//
// A socket hears one kind of frame, chosen by EtherType in the kernel's own dispatch, so that the host's other traffic
// never touches it. The daemon opens two, one for ARP and one for neighbour advertisements, and sends on either.

#include "belay/base/bytes.hpp"
#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace belay::packet {

/// What a socket hears, on every interface.
enum class Hearing : std::uint8_t {
    arp,                      ///< every ARP frame
    neighbour_advertisements, ///< ICMPv6 type 136 and nothing else of IPv6
};

/// A frame as it arrived, from its Ethernet header on. Our own outgoing frames, and frames to other hosts, are left
/// out.
struct Frame {
    int ifindex = 0;
    Bytes bytes;
};

/// One thread (the watchdog). Owns its file descriptor.
class RawSocket {
public:
    /// Longer frames are cut; what is heard here is far shorter.
    static constexpr std::size_t frame_size_max = 512;
    /// Frames that one receive() takes, so that a flood cannot hold the thread.
    static constexpr std::size_t frames_per_receive_max = 64;

    /// Opens a socket that hears nothing yet. Needs CAP_NET_RAW.
    [[nodiscard]] static Result<RawSocket> open();

    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;
    RawSocket(RawSocket&& other) noexcept;
    RawSocket& operator=(RawSocket&& other) noexcept;
    ~RawSocket();

    /// Begins to hear on every interface, present and future. Needs no capability; may be called again with another
    /// kind.
    [[nodiscard]] Status hear(Hearing what);

    /// Goes back to hearing nothing.
    [[nodiscard]] Status hear_nothing();

    /// Sends a whole Ethernet frame at once or not at all. Errors name the interface's index; ENETDOWN, ENXIO and
    /// ENODEV say that the link is down or gone, ENOBUFS that its queue is full: try again later. Needs no capability.
    [[nodiscard]] Status send(int ifindex, ByteView frame);

    /// The frames that have arrived, at most frames_per_receive_max; fd() stays readable while there are more.
    [[nodiscard]] Result<std::vector<Frame>> receive();

    /// For poll(); stays the same as long as this object lives.
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    explicit RawSocket(int fd) noexcept
        : fd_(fd) {}

    [[nodiscard]] Status bind_to(std::uint16_t ethertype);

    int fd_ = -1;
};

} // namespace belay::packet
