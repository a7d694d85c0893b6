#include "belay/daemon/fence_keeper.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/boot_timer.hpp"
#include "belay/daemon/fd_watch.hpp"
#include "belay/netlink/addresses.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <net/if.h>
#include <utility>

namespace belay::daemon {

namespace {

constexpr Duration build_retry = std::chrono::milliseconds(100);
constexpr Duration dump_wait_max = std::chrono::seconds(1);

/// Addresses that an earlier run put up, by our mark: its configuration may have had other VIPs.
Result<std::vector<IpAddress>> left_over_addresses() {
    auto addresses = netlink::Addresses::open();
    if (!addresses) {
        return std::unexpected(addresses.error());
    }
    const auto all = addresses->dump(dump_wait_max);
    if (!all) {
        return std::unexpected(all.error());
    }
    std::vector<IpAddress> ours;
    for (const vip::Address& address : *all) {
        if (address.mark == vip::own_mark) {
            ours.push_back(address.prefix.address);
        }
    }
    return ours;
}

} // namespace

FenceKeeper::FenceKeeper(config::FenceKind kind, std::vector<vip::Vip> vips)
    : kind_(kind)
    , vips_(std::move(vips)) {}

FenceKeeper::~FenceKeeper() = default;

Result<std::unique_ptr<FenceKeeper>> FenceKeeper::make(config::FenceKind configured, std::vector<vip::Vip> vips) {
    using config::FenceKind;
    const bool wanted = configured == FenceKind::automatic || configured == FenceKind::nftables;
    std::unique_ptr<FenceKeeper> keeper(new FenceKeeper(config::resolved_fence(configured, wanted), std::move(vips)));
    if (!wanted) {
        return keeper;
    }
    const auto left_over = left_over_addresses();
    if (!left_over) {
        return std::unexpected(left_over.error());
    }
    auto fence = netlink::Fence::open();
    Status built = fence ? Status() : std::unexpected(fence.error());
    if (fence) {
        keeper->fence_.emplace(std::move(*fence));
        built = keeper->build(*left_over);
    }
    if (built) {
        return keeper;
    }
    if (configured == FenceKind::nftables) {
        return belay::fail("{}; load the module nf_tables, or write 'fence = auto' or 'fence = address'",
                           built.error().text);
    }
    log::warning("fence_unavailable",
                 {{"problem", built.error().text}, {"next", "the lifetime of the addresses takes its place"}});
    keeper->events_.add(FenceEvent::Kind::unavailable,
                        fmt::format("{}; the lifetime of the addresses takes its place", built.error().text));
    keeper->fence_.reset();
    keeper->kind_ = config::resolved_fence(configured, false);
    return keeper;
}

Status FenceKeeper::watch(boost::asio::io_context& context, std::function<void(std::string)> failed) {
    context_ = &context;
    failed_ = std::move(failed);
    if (!fence_) {
        return {};
    }
    auto watch = netlink::FenceWatch::open(fence_->port());
    if (!watch) {
        return std::unexpected(watch.error());
    }
    watch_.emplace(std::move(*watch));
    auto timer = BootTimer::make(context, [this](Instant) { static_cast<void>(build_again("it was not there")); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    retry_timer_ = std::make_unique<BootTimer>(std::move(*timer));
    if (const Status built = build({}); !built) { // listening already: nobody removes it unnoticed
        return built;
    }
    fd_watch_ = std::make_unique<FdWatch>(context, watch_->fd(), [this] { changes_told(); });
    log::notice("fence_built",
                {{"kind", config::word_of(kind_)}, {"vips", vips_.size()}, {"egress", fence_->guards_egress()}});
    if (!fence_->egress_problem().empty()) {
        log::warning("fence_egress", {{"problem", fence_->egress_problem()},
                                      {"next", "frames of packet sockets are not guarded by the kernel"}});
    }
    return {};
}

std::vector<std::string> FenceKeeper::present_interfaces() const {
    std::vector<std::string> names;
    for (const vip::Vip& vip : vips_) {
        if (::if_nametoindex(vip.interface.c_str()) != 0) {
            names.push_back(vip.interface);
        }
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

Status FenceKeeper::build(const std::vector<IpAddress>& left_over) {
    assert(fence_);
    std::vector<IpAddress> guarded = left_over;
    for (const vip::Vip& vip : vips_) {
        guarded.push_back(vip.prefix.address);
    }
    std::ranges::sort(guarded);
    guarded.erase(std::ranges::unique(guarded).begin(), guarded.end());
    built_for_ = present_interfaces();
    armed_until_.reset();
    const Status status = fence_->build({.vips = std::move(guarded), .egress_devices = built_for_});
    built_ = status.has_value();
    troubled_ = troubled_ && !built_;
    return status;
}

/// Closed first, then open again if the lease holds: in between the VIPs are not served.
bool FenceKeeper::build_again(const std::string& reason) {
    assert(fence_);
    if (const Status built = build({}); !built) {
        retry_timer_->arm(boot_now() + build_retry);
        fail(built.error().text);
        return false;
    }
    log::notice("fence_built", {{"kind", config::word_of(kind_)},
                                {"vips", vips_.size()},
                                {"egress", fence_->guards_egress()},
                                {"reason", reason}});
    events_.add(FenceEvent::Kind::built, fmt::format("made again, because {}", reason));
    return !wanted_until_ || arm_once();
}

void FenceKeeper::changes_told() {
    assert(watch_);
    const std::string change = watch_->receive();
    if (change.empty()) {
        return;
    }
    ++lost_count_;
    log::warning("fence_lost", {{"reason", change}, {"next", "building it again, closed, then arming it"}});
    events_.add(FenceEvent::Kind::lost, fmt::format("{}; no VIP is served before it is there again", change));
    static_cast<void>(build_again(change));
}

bool FenceKeeper::arm_once() {
    assert(fence_ && wanted_until_);
    const netlink::Arming arming = fence_->arm(*wanted_until_);
    armed_until_.reset();
    switch (arming.kind) {
    case netlink::Arming::Kind::armed:
        armed_until_ = arming.until;
        ++armed_count_;
        return true;
    case netlink::Arming::Kind::too_short:
        return true; // the lease is all but over, and the fence is closed
    case netlink::Arming::Kind::lost:
    case netlink::Arming::Kind::failed:
        break;
    }
    built_ = built_ && arming.kind != netlink::Arming::Kind::lost;
    if (built_) {
        fail(arming.error.text);
    }
    return false;
}

bool FenceKeeper::arm(Instant until) {
    if (!fence_) {
        return true;
    }
    wanted_until_ = until;
    if (built_ && arm_once()) {
        return true;
    }
    return !built_ && build_again("it was not there");
}

bool FenceKeeper::close() {
    if (!fence_) {
        return true;
    }
    wanted_until_.reset();
    armed_until_.reset();
    const Status closed = fence_->close();
    if (closed) {
        troubled_ = false;
        return true;
    }
    // Without tables there is nothing to close; built again they are closed.
    const bool lost = closed.error().code == ENOENT;
    if (!std::exchange(troubled_, true)) { // it is tried again each time that the VIPs are removed
        log::error("fence_failed", {{"problem", closed.error().text},
                                    {"next", lost ? "building it again, closed" : "the lease runs out by itself"}});
        events_.add(FenceEvent::Kind::failed, closed.error().text);
    }
    return lost && build_again("it was not there");
}

void FenceKeeper::remove() {
    if (!fence_) {
        return;
    }
    fd_watch_.reset();
    if (const Status removed = fence_->remove(); !removed) {
        log::warning("fence_failed", {{"problem", removed.error().text}, {"next", "the tables stay, closed"}});
    }
    fence_.reset();
}

void FenceKeeper::links_changed() {
    if (fence_ && fd_watch_ && present_interfaces() != built_for_) {
        static_cast<void>(build_again("the interfaces of the VIPs changed"));
    }
}

void FenceKeeper::fail(const std::string& problem) {
    if (!std::exchange(troubled_, true)) {
        log::error("fence_failed",
                   {{"problem", problem},
                    {"next", wanted_until_ ? "not serving; releasing the VIPs" : "trying again; no VIP is here"}});
        events_.add(FenceEvent::Kind::failed, problem);
    }
    if (!wanted_until_ || !failed_) {
        return;
    }
    boost::asio::post(*context_, [this, problem, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired() && wanted_until_) {
            failed_(problem);
        }
    });
}

FenceState FenceKeeper::state() const noexcept {
    return {.kind = kind_,
            .armed_until = armed_until_,
            .guards_egress = fence_ && fence_->guards_egress(),
            .armed_count = armed_count_,
            .lost_count = lost_count_};
}

} // namespace belay::daemon
