#pragma once
// The questions behind `tiebreaker = upstream` (DESIGN section 3.7): is the gateway there, and does anybody answer for
// the VIPs? It only asks and reports; what follows from the answers is the core's.
//
// The gateway is asked by ARP where it is on the segment of the VIPs, otherwise by ICMP echo. For the VIPs one of them
// is asked for, the first IPv4 one, by ARP probes: all are held by one node.

#include "belay/config/settings.hpp"
#include "belay/core/event.hpp"
#include "belay/packet/raw_socket.hpp"

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

struct UpstreamSetup {
    IpAddress gateway;
    Duration interval{};   ///< between two questions to the gateway
    IpPrefix vip;          ///< which VIP is asked for; IPv4
    std::string interface; ///< its
};

/// Of settings with `tiebreaker = upstream`.
[[nodiscard]] UpstreamSetup upstream_setup(const config::Settings& settings);

/// One thread, that of the io_context, which must outlive it.
class UpstreamProber {
public:
    struct Handlers {
        std::function<void(const core::UpstreamChecked&)> gateway;
        std::function<void(const core::VipProbed&)> vip;
    };

    /// Begins to ask for the gateway. `arp` is a socket that was opened while CAP_NET_RAW was there.
    [[nodiscard]] static Result<std::unique_ptr<UpstreamProber>>
    start(boost::asio::io_context& context, UpstreamSetup setup, packet::RawSocket arp, Handlers handlers);
    ~UpstreamProber();
    UpstreamProber(const UpstreamProber&) = delete;
    UpstreamProber& operator=(const UpstreamProber&) = delete;

    /// Asks for the VIP each `interval` from now on.
    void probe_vips(Duration interval);
    void stop_probing();

private:
    class Impl;
    explicit UpstreamProber(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace belay::daemon
