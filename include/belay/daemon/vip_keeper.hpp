#pragma once
// Puts the VIPs where the election wants them and keeps them there: addresses, links, announcements (DESIGN section 5).
// The decisions are pure (vip/plan.hpp, vip/prober.hpp, vip/announcer.hpp, vip/lifetime.hpp); this class brings them
// together with the kernel. The fence (DESIGN section 4) is armed and closed beside hold() and withdraw().

#include "belay/core/eligibility.hpp"
#include "belay/daemon/claim_policy.hpp"
#include "belay/daemon/conflict_watch.hpp"
#include "belay/daemon/vip_state.hpp"
#include "belay/netlink/addresses.hpp"
#include "belay/netlink/monitor.hpp"
#include "belay/packet/raw_socket.hpp"
#include "belay/vip/announcer.hpp"
#include "belay/vip/lifetime.hpp"
#include "belay/vip/plan.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

class BootTimer;
class FdWatch;
class ProbeRunner;

/// The sockets that need CAP_NET_RAW to be made; opened before it is dropped.
struct PacketSockets {
    packet::RawSocket arp;
    packet::RawSocket neighbour;
};

/// One thread, the watchdog, which is the one of the io_context.
class VipKeeper {
public:
    struct Handlers {
        /// Whether every VIP's interface can serve has changed.
        std::function<void(core::Condition)> links;
        /// While holding: the kernel does not take an address. Called from the event loop, never from hold() itself.
        std::function<void(std::string)> refused;
    };

    /// What the keeper is told once. `lease` is the configured one; the addresses' lifetime rests on it.
    struct Setup {
        std::vector<vip::Vip> vips;
        Duration lease{};
        ClaimPolicy claims;
    };

    /// Begins to watch; touches nothing yet.
    [[nodiscard]] static Result<std::unique_ptr<VipKeeper>> open(boost::asio::io_context& context, Setup setup,
                                                                 PacketSockets sockets, Handlers handlers);
    ~VipKeeper();
    VipKeeper(const VipKeeper&) = delete;
    VipKeeper& operator=(const VipKeeper&) = delete;

    /// Whether to ask on the network before a VIP is put up. After a release nobody can be there but a foreign host,
    /// which will be heard of soon enough.
    enum class Probe : std::uint8_t { first, skipped };

    /// The VIPs belong here until `lease_until`: asks whether somebody has them, adds and announces those that nobody
    /// has. Without the probe the first part of them is up before it returns. What somebody removes is put back at
    /// once. A VIP that a foreign host has is not added before that host is gone, unless `conflict = defend`.
    void hold(Instant lease_until, Probe probe);
    /// They belong here for longer. When that instant has passed nothing is added, refreshed or announced any more,
    /// whatever the event loop does first after a stall.
    void extended(Instant lease_until);
    /// The VIPs do not belong here any more. True: the kernel has acknowledged that none is left. False: something may
    /// be left; call it again.
    [[nodiscard]] bool withdraw();

    [[nodiscard]] bool holding() const noexcept { return holding_; }

    /// Announces nothing of what hold() puts up next, until announce(). The kernel answers for it all the same.
    void hold_announcements() noexcept { quiet_ = true; }

    void announce();

    /// Announces all once more, because somebody's neighbour table may be wrong.
    void announce_again(vip::Reason reason);
    void set_policy(const ClaimPolicy& policy);

    [[nodiscard]] core::Condition links() const;
    [[nodiscard]] std::vector<VipState> states() const;

    /// What foreign hosts did about the VIPs.
    [[nodiscard]] const ConflictWatch& conflicts() const noexcept { return conflicts_; }

private:
    VipKeeper(boost::asio::io_context& context, Setup setup, PacketSockets sockets, Handlers handlers,
              netlink::Addresses addresses, netlink::Monitor monitor);
    [[nodiscard]] Status begin();

    void refresh();
    void links_may_have_changed();
    void turn();
    void reconcile();
    [[nodiscard]] bool add_slice(const vip::Plan& plan);
    void refresh_lifetimes();
    void refresh_slice();
    [[nodiscard]] bool may_serve() const;
    void reconcile_soon();
    void refuse(const std::string& detail);
    [[nodiscard]] bool remove_all(const vip::Host& host);
    [[nodiscard]] bool none_left(vip::Host& host);
    void start_announcing();
    void announce_due();
    void ask_first();
    [[nodiscard]] Status ask(const IpAddress& address);
    void found_free(const std::vector<IpAddress>& addresses);
    void hear(packet::RawSocket& socket);
    void foreign_host_heard(const vip::Vip& vip, const packet::Claim& claim, bool only_asks);
    [[nodiscard]] std::vector<IpAddress> present_addresses() const;
    [[nodiscard]] const vip::Vip* find_vip(const IpAddress& address) const;

    boost::asio::io_context& context_;
    std::vector<vip::Vip> vips_;
    vip::Announcer announcer_;
    PacketSockets sockets_;
    Handlers handlers_;
    netlink::Addresses addresses_;
    netlink::Monitor monitor_;
    std::chrono::seconds lifetime_;
    vip::RefreshSchedule refreshes_;
    std::vector<vip::AddressSpec> to_refresh_; ///< of the refresh that is under way
    bool refresh_trouble_ = false;             ///< logged once until it works again
    Instant lease_until_;
    bool holding_ = false;
    bool quiet_ = false; ///< held, but not to be announced yet
    ClaimPolicy claims_;
    std::set<IpAddress> served_; ///< were up since hold(): one of them that is missing was removed by somebody
    bool reconcile_posted_ = false;
    core::Condition links_told_;
    std::set<IpAddress> announce_troubles_; ///< logged once until it works again
    ConflictWatch conflicts_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(); ///< posted work looks whether this object still lives
    std::unique_ptr<BootTimer> announce_timer_;
    std::unique_ptr<BootTimer> retry_timer_; ///< for the monitor
    std::unique_ptr<ProbeRunner> probes_;
    std::unique_ptr<FdWatch> monitor_watch_;
    std::unique_ptr<FdWatch> arp_watch_;
    std::unique_ptr<FdWatch> neighbour_watch_;
};

} // namespace belay::daemon
