#pragma once
// ICMP echo to a gateway that is not on the segment of the VIPs, through a ping socket (icmp(7)): it needs no
// capability, but the group of the daemon must be in the sysctl net.ipv4.ping_group_range (which is for IPv6 too).

#include "belay/base/inet.hpp"
#include "belay/base/result.hpp"
#include "belay/base/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace belay::daemon {

/// One thread. Owns its socket.
class UpstreamPing {
public:
    /// Opens a socket that sends to `gateway` through `interface` only. The error names the sysctl where that is it.
    [[nodiscard]] static Result<UpstreamPing> open(const IpAddress& gateway, const std::string& interface);

    /// Sends one echo request, at once or not at all.
    [[nodiscard]] Status ask(std::uint16_t sequence);

    /// The sequence number of the next reply that came from the gateway; nothing: no more has arrived. What others send
    /// is left out.
    [[nodiscard]] std::optional<std::uint16_t> receive();

    [[nodiscard]] int fd() const noexcept { return socket_.get(); }

private:
    UpstreamPing(UniqueFd socket, const IpAddress& gateway) noexcept
        : socket_(std::move(socket))
        , gateway_(gateway) {}

    UniqueFd socket_;
    IpAddress gateway_;
};

} // namespace belay::daemon
