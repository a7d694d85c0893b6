#pragma once
// Two hosts on one wire. On the left one a VipKeeper keeps 10.77.0.100 and fd77::100 on veth0; the right one is a
// neighbour that listens, and that can be a foreign owner of these addresses. Sockets belong to the namespace in which
// they were opened, so the keeper's event loop runs on the test's own thread.

#include "namespace.hpp"

#include "belay/daemon/vip_keeper.hpp"
#include "belay/packet/announce.hpp"

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace belay::testing {

struct KeptNetwork {
    static constexpr const char* v4 = "10.77.0.100";
    static constexpr const char* v6 = "fd77::100";

    KeptNetwork();

    /// Opens the keeper anew, as a start of the daemon does.
    void open(bool defends = false);
    /// The same with other VIPs, and with another pace of announcements.
    void open(std::vector<vip::Vip> vips, const vip::Pace& pace, bool defends = false);

    /// Runs the keeper's event loop until `met`; false after ten seconds.
    [[nodiscard]] bool runs_until(const std::function<bool()>& met);
    /// Runs whatever is ready now.
    void run_what_is_ready();

    /// Whether the kernel of the left host has this address on veth0, with our mark.
    [[nodiscard]] bool has(const std::string& address);
    /// Puts an address up there as an earlier run of the daemon would have left it.
    void leave_over(const std::string& prefix);

    [[nodiscard]] bool has_both() { return has(v4) && has(v6); }

    /// The MAC address that the right host's frames come from.
    [[nodiscard]] MacAddress neighbour_mac() const;
    /// Whether the left kernel has that carrier state; its notification may still be unread.
    [[nodiscard]] bool left_has_carrier() const;

    /// How many frames the left host has sent on veth0 so far.
    [[nodiscard]] std::uint64_t frames_sent() const;

    /// The claims that the right host has heard since the last call.
    [[nodiscard]] std::vector<packet::Claim> claims_heard();

    Pair pair;
    std::optional<netlink::Addresses> kernel; ///< of the left host
    boost::asio::io_context context{1};
    std::vector<core::Condition> links;   ///< what Handlers.links was told
    std::vector<std::string> refused;     ///< what Handlers.refused was told
    std::optional<packet::RawSocket> ear; ///< of the right host, for ARP
    std::optional<packet::RawSocket> ear6;
    std::unique_ptr<daemon::VipKeeper> keeper;
};

} // namespace belay::testing
