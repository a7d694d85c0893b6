#pragma once
// Keeps the kernel's fence around the VIPs (DESIGN section 4): there and closed before anything else happens, open
// while the lease holds, closed before anybody is told that it is over, built again when somebody took it away. Where
// this host has no fence of nf_tables, by configuration or by its kernel, the same calls do nothing and say yes.

#include "belay/base/result.hpp"
#include "belay/config/settings.hpp"
#include "belay/daemon/fence_events.hpp"
#include "belay/netlink/fence.hpp"
#include "belay/netlink/fence_watch.hpp"
#include "belay/vip/plan.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

class BootTimer;
class FdWatch;

/// The fence as `belay status` shows it.
struct FenceState {
    config::FenceKind kind = config::FenceKind::off;
    std::optional<Instant> armed_until; ///< nftables only; nothing: closed
    bool guards_egress = false;         ///< packet sockets too
    std::uint64_t armed_count = 0;
    std::uint64_t lost_count = 0; ///< times that somebody else changed or removed it
};

/// One thread, the watchdog. Its end leaves the tables; remove() takes them away.
class FenceKeeper {
public:
    /// Builds the fence, closed, around these VIPs and around left-overs of an earlier run. With FenceKind::nftables it
    /// is an error when the kernel does not let us; with FenceKind::automatic that is logged and kind() is address.
    /// Needs CAP_NET_ADMIN.
    [[nodiscard]] static Result<std::unique_ptr<FenceKeeper>> make(config::FenceKind configured,
                                                                   std::vector<vip::Vip> vips);
    ~FenceKeeper();
    FenceKeeper(const FenceKeeper&) = delete;
    FenceKeeper& operator=(const FenceKeeper&) = delete;

    /// The one in force: never FenceKind::automatic.
    [[nodiscard]] config::FenceKind kind() const noexcept { return kind_; }

    /// Left-overs are gone: from now on only the VIPs are guarded, and whoever touches the fence is noticed. `failed`
    /// is called from the event loop, with words, while the fence should be open and cannot be.
    [[nodiscard]] Status watch(boost::asio::io_context& context, std::function<void(std::string)> failed);

    /// The lease runs until then. False: the fence could not be armed, and `failed` will be called. Too little time
    /// left is no failure: then it is closed.
    [[nodiscard]] bool arm(Instant until);

    /// True: the kernel has acknowledged that nothing passes.
    [[nodiscard]] bool close();

    /// Takes the tables away; only where no VIP is left on this host.
    void remove();

    /// An interface came or went: it may need an egress chain.
    void links_changed();

    [[nodiscard]] FenceState state() const noexcept;

    /// What became of it since the start.
    [[nodiscard]] const FenceEvents& events() const noexcept { return events_; }

private:
    FenceKeeper(config::FenceKind kind, std::vector<vip::Vip> vips);

    [[nodiscard]] Status build(const std::vector<IpAddress>& left_over);
    [[nodiscard]] bool build_again(const std::string& reason);
    [[nodiscard]] bool arm_once();
    [[nodiscard]] std::vector<std::string> present_interfaces() const;
    void changes_told();
    void fail(const std::string& problem);

    config::FenceKind kind_;
    std::vector<vip::Vip> vips_;
    std::optional<netlink::Fence> fence_; ///< nftables only, and then always
    std::optional<netlink::FenceWatch> watch_;
    std::vector<std::string> built_for_;  ///< interfaces
    std::optional<Instant> wanted_until_; ///< of the lease; nothing: closed
    std::optional<Instant> armed_until_;
    bool built_ = false;    ///< as far as we know
    bool troubled_ = false; ///< a failure was logged; not again until the fence is there
    std::uint64_t armed_count_ = 0;
    std::uint64_t lost_count_ = 0;
    FenceEvents events_;
    std::function<void(std::string)> failed_;
    boost::asio::io_context* context_ = nullptr;
    std::shared_ptr<int> alive_ = std::make_shared<int>(); ///< posted work looks whether this object still lives
    std::unique_ptr<BootTimer> retry_timer_;               ///< while it cannot be built
    std::unique_ptr<FdWatch> fd_watch_;
};

} // namespace belay::daemon
