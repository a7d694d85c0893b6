#include "belay/daemon/vip_keeper.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/boot_timer.hpp"
#include "belay/daemon/fd_watch.hpp"
#include "belay/daemon/probe_runner.hpp"
#include "belay/packet/announce.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <span>
#include <utility>

namespace belay::daemon {

namespace {

constexpr Duration kernel_wait_max = std::chrono::milliseconds(100); // for acknowledgements; they come at once
constexpr std::size_t acts_per_turn_max = 256; // so that heartbeats go out while thousands of VIPs come up
constexpr int removal_tries_max = 3;
constexpr Duration monitor_retry = std::chrono::milliseconds(100); // after notifications were lost and not made good

} // namespace

VipKeeper::VipKeeper(boost::asio::io_context& context, Setup setup, PacketSockets sockets, Handlers handlers,
                     netlink::Addresses addresses, netlink::Monitor monitor)
    : context_(context)
    , vips_(std::move(setup.vips))
    , announcer_(setup.claims.pace)
    , sockets_(std::move(sockets))
    , handlers_(std::move(handlers))
    , addresses_(std::move(addresses))
    , monitor_(std::move(monitor))
    , lifetime_(vip::address_lifetime(setup.lease))
    , refreshes_(setup.lease)
    , claims_(setup.claims) {}

VipKeeper::~VipKeeper() = default;

Result<std::unique_ptr<VipKeeper>> VipKeeper::open(boost::asio::io_context& context, Setup setup, PacketSockets sockets,
                                                   Handlers handlers) {
    auto addresses = netlink::Addresses::open();
    if (!addresses) {
        return std::unexpected(addresses.error());
    }
    auto monitor = netlink::Monitor::open();
    if (!monitor) {
        return std::unexpected(monitor.error());
    }
    std::unique_ptr<VipKeeper> keeper(new VipKeeper(context, std::move(setup), std::move(sockets), std::move(handlers),
                                                    std::move(*addresses), std::move(*monitor)));
    if (const Status begun = keeper->begin(); !begun) {
        return std::unexpected(begun.error());
    }
    return keeper;
}

Status VipKeeper::begin() {
    auto timer = BootTimer::make(context_, [this](Instant) { announce_due(); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    announce_timer_ = std::make_unique<BootTimer>(std::move(*timer));
    auto retry = BootTimer::make(context_, [this](Instant) { refresh(); });
    if (!retry) {
        return std::unexpected(retry.error());
    }
    retry_timer_ = std::make_unique<BootTimer>(std::move(*retry));
    auto probes =
        ProbeRunner::make(context_, claims_.probe,
                          {.send = [this](const IpAddress& address) { return ask(address); },
                           .free = [this](const std::vector<IpAddress>& addresses) { found_free(addresses); }});
    if (!probes) {
        return std::unexpected(probes.error());
    }
    probes_ = std::move(*probes);
    monitor_watch_ = std::make_unique<FdWatch>(context_, monitor_.fd(), [this] { refresh(); });
    arp_watch_ = std::make_unique<FdWatch>(context_, sockets_.arp.fd(), [this] { hear(sockets_.arp); });
    neighbour_watch_ =
        std::make_unique<FdWatch>(context_, sockets_.neighbour.fd(), [this] { hear(sockets_.neighbour); });
    links_told_ = links();
    return {};
}

const vip::Vip* VipKeeper::find_vip(const IpAddress& address) const {
    const auto found = std::ranges::find_if(vips_, [&](const vip::Vip& vip) { return vip.prefix.address == address; });
    return found == vips_.end() ? nullptr : &*found;
}

/// Takes in what the kernel told, without acting on it: the caller may be in the middle of something. What it means for
/// links and addresses is looked at on the next turn of the event loop, because the descriptor stays silent now. A
/// lifetime that was refreshed is told too, and changes nothing.
void VipKeeper::refresh() {
    const auto changes = monitor_.receive();
    if (!changes) {
        log::error("netlink_monitor", {{"problem", changes.error().text}, {"next", "reading everything again"}});
        retry_timer_->arm(boot_now() + monitor_retry);
    } else if (!changes->empty()) {
        reconcile_soon();
    }
}

void VipKeeper::turn() {
    refresh();
    links_may_have_changed();
    reconcile();
}

core::Condition VipKeeper::links() const {
    return usable_links(vips_, monitor_.host());
}

void VipKeeper::links_may_have_changed() {
    core::Condition now = links();
    if (now.good == links_told_.good && now.detail == links_told_.detail) {
        return;
    }
    links_told_ = now;
    (now.good ? log::notice : log::warning)("links", {{"usable", now.good}, {"detail", now.detail}});
    handlers_.links(std::move(now));
}

void VipKeeper::hold(Instant lease_until, Probe probe) {
    holding_ = true;
    served_.clear();
    lease_until_ = lease_until;
    refreshes_.refreshed(boot_now()); // what is added from now on has its whole lifetime
    for (auto [socket, kind] : {std::pair{&sockets_.arp, packet::Hearing::arp},
                                std::pair{&sockets_.neighbour, packet::Hearing::neighbour_advertisements}}) {
        if (const Status heard = socket->hear(kind); !heard) {
            log::warning("packet_socket", {{"problem", heard.error().text}, {"next", "foreign claims stay unheard"}});
        }
    }
    refresh();
    if (probe == Probe::first) {
        ask_first();
    } else {
        probes_->stop();
    }
    reconcile();
}

/// A daemon that was stopped may get anything else to do before the deadline of its lease.
bool VipKeeper::may_serve() const {
    return holding_ && boot_now() < lease_until_;
}

void VipKeeper::extended(Instant lease_until) {
    lease_until_ = lease_until;
    if (holding_ && to_refresh_.empty() && refreshes_.due(boot_now(), lease_until_)) {
        refresh_lifetimes();
    }
}

/// All addresses of ours at once, so that they expire at once: the kernel is later with those that follow others.
void VipKeeper::refresh_lifetimes() {
    for (const VipState& state : states()) {
        const vip::Link* const link = monitor_.find_link(state.interface);
        if (state.present && link != nullptr) {
            to_refresh_.push_back({.ifindex = link->index, .interface = state.interface, .prefix = state.prefix});
        }
    }
    refreshes_.refreshed(boot_now());
    refresh_slice();
}

void VipKeeper::refresh_slice() {
    if (!may_serve()) {
        to_refresh_.clear();
        return;
    }
    const std::size_t count = std::min(to_refresh_.size(), acts_per_turn_max);
    const auto slice = std::span(to_refresh_).last(count);
    const auto outcomes = addresses_.refresh(slice, kernel_wait_max, lifetime_);
    const auto failed = std::ranges::find_if(outcomes, [](const netlink::AddressOutcome& outcome) {
        return outcome.kind != netlink::AddressOutcome::Kind::done;
    });
    if (failed == outcomes.end()) {
        refresh_trouble_ = false;
    } else if (!std::exchange(refresh_trouble_, true)) {
        log::warning("vip_refresh", {{"problem", failed->error.text}, {"next", "adding it again if it goes"}});
    }
    to_refresh_.resize(to_refresh_.size() - count);
    if (!to_refresh_.empty()) {
        boost::asio::post(context_, [this, alive = std::weak_ptr<int>(alive_)] {
            if (!alive.expired()) {
                refresh_slice();
            }
        });
    }
}

/// One turn: brings the host nearer to the plan, and comes again if there is more to do.
void VipKeeper::reconcile() {
    if (!may_serve()) {
        return;
    }
    vip::Plan plan = vip::make_plan(vip::Goal::hold, vips_, monitor_.host());
    std::erase_if(plan.to_add, [this](const vip::AddressSpec& spec) {
        return !claims_.defends && !probes_->may_claim(spec.prefix.address);
    });
    if (!plan.to_remove.empty()) {
        static_cast<void>(addresses_.remove(plan.to_remove, kernel_wait_max));
    }
    const bool more = add_slice(plan);
    if (!plan.to_add.empty() || !plan.to_remove.empty()) {
        refresh();
    }
    start_announcing();
    if (more) {
        reconcile_soon();
    }
}

/// Adds the first VIPs that are missing; true when another turn is needed.
bool VipKeeper::add_slice(const vip::Plan& plan) {
    const auto slice = std::span(plan.to_add).first(std::min(plan.to_add.size(), acts_per_turn_max));
    const std::vector<netlink::AddressOutcome> outcomes = addresses_.add(slice, kernel_wait_max, lifetime_);
    bool more = slice.size() < plan.to_add.size();
    for (std::size_t index = 0; index < slice.size(); ++index) {
        const std::string address = to_text(slice[index].prefix);
        switch (outcomes[index].kind) {
        case netlink::AddressOutcome::Kind::done:
            if (!served_.insert(slice[index].prefix.address).second) {
                log::warning("vip_put_back", {{"address", address},
                                              {"interface", slice[index].interface},
                                              {"reason", "it was removed by somebody else"}});
                announcer_.announce_again(boot_now(), vip::Reason::put_back, slice[index].prefix.address);
            }
            break;
        case netlink::AddressOutcome::Kind::refused:
            refuse(outcomes[index].error.text);
            break;
        case netlink::AddressOutcome::Kind::already_there:
        case netlink::AddressOutcome::Kind::already_gone:
        case netlink::AddressOutcome::Kind::unknown:
            more = true; // the next turn looks at what is there by then
            break;
        }
    }
    return more;
}

void VipKeeper::refuse(const std::string& detail) {
    boost::asio::post(context_, [this, detail, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired() && holding_) {
            handlers_.refused(detail);
        }
    });
}

void VipKeeper::reconcile_soon() {
    if (std::exchange(reconcile_posted_, true)) {
        return;
    }
    boost::asio::post(context_, [this, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired()) {
            reconcile_posted_ = false;
            turn();
        }
    });
}

bool VipKeeper::withdraw() {
    holding_ = false;
    quiet_ = false;
    to_refresh_.clear();
    announcer_.stop();
    probes_->stop();
    conflicts_.clear();
    announce_timer_->arm(Instant::max());
    for (packet::RawSocket* const socket : {&sockets_.arp, &sockets_.neighbour}) {
        if (const Status deaf = socket->hear_nothing(); !deaf) {
            log::warning("packet_socket",
                         {{"problem", deaf.error().text}, {"next", "hearing on; nothing depends on it"}});
        }
    }
    refresh();
    vip::Host host = monitor_.host();
    for (int attempt = 0; attempt < removal_tries_max; ++attempt) {
        if (remove_all(host) && none_left(host)) {
            refresh();
            return true;
        }
    }
    return false;
}

/// Removes what this daemon, or an earlier run of it, has put up; true when the kernel acknowledged all of it.
bool VipKeeper::remove_all(const vip::Host& host) {
    const vip::Plan plan = vip::make_plan(vip::Goal::withdraw, vips_, host);
    const auto outcomes = addresses_.remove(plan.to_remove, kernel_wait_max);
    bool all = true;
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        using Kind = netlink::AddressOutcome::Kind;
        if (outcomes[index].kind != Kind::done && outcomes[index].kind != Kind::already_gone) {
            all = false;
            log::error("vip_removal", {{"address", to_text(plan.to_remove[index].prefix)},
                                       {"interface", plan.to_remove[index].interface},
                                       {"problem", outcomes[index].error.text},
                                       {"next", "trying again"}});
        }
    }
    for (const vip::TakenAlong& taken : plan.taken_along) {
        if (!taken.ours) {
            log::warning("address_lost", {{"address", to_text(taken.lost.prefix)},
                                          {"interface", taken.lost.interface},
                                          {"reason", "the kernel removed it with the VIP that was its primary"},
                                          {"remedy", "make the VIP a /32, or set promote_secondaries"}});
        }
    }
    return all;
}

/// Looks at the kernel itself and takes it into `host`: of a new IPv6 address it tells only a moment later.
bool VipKeeper::none_left(vip::Host& host) {
    const auto addresses = addresses_.dump(kernel_wait_max);
    if (!addresses) {
        log::error("vip_removal", {{"problem", addresses.error().text}, {"next", "trying again"}});
        return false;
    }
    host.addresses = *addresses;
    return vip::make_plan(vip::Goal::withdraw, vips_, host).to_remove.empty();
}

std::vector<IpAddress> VipKeeper::present_addresses() const {
    std::vector<IpAddress> present;
    for (const VipState& state : states()) {
        if (state.present) {
            present.push_back(state.prefix.address);
        }
    }
    return present;
}

void VipKeeper::announce() {
    if (std::exchange(quiet_, false) && may_serve()) {
        start_announcing();
    }
}

void VipKeeper::start_announcing() {
    if (!quiet_) {
        announcer_.start(boot_now(), present_addresses());
        announce_due();
    }
}

void VipKeeper::announce_again(vip::Reason reason) {
    announcer_.announce_again(boot_now(), reason);
    announce_due();
}

void VipKeeper::set_policy(const ClaimPolicy& policy) {
    claims_ = policy;
    announcer_.set_pace(policy.pace);
    probes_->set_pace(policy.probe);
    announce_due();
    reconcile_soon();
}

void VipKeeper::announce_due() {
    if (!may_serve()) {
        return; // a later hold() starts the announcements again
    }
    for (const IpAddress& address : announcer_.due(boot_now())) {
        const vip::Vip* const vip = find_vip(address);
        const vip::Link* const link = vip == nullptr ? nullptr : monitor_.find_link(vip->interface);
        const Status sent = link == nullptr ? Status(fail("its interface is gone"))
                                            : packet::announce(sockets_.arp, link->index, address, link->mac,
                                                               [this] { return may_serve(); });
        if (sent) {
            announce_troubles_.erase(address);
            continue;
        }
        announcer_.failed(boot_now(), address);
        if (announce_troubles_.insert(address).second) {
            log::warning("announce",
                         {{"address", to_text(address)}, {"problem", sent.error().text}, {"next", "retrying"}});
        }
    }
    announce_timer_->arm(announcer_.next_deadline().value_or(Instant::max()));
}

std::vector<VipState> VipKeeper::states() const {
    std::vector<VipState> states = vip_states(vips_, monitor_.host());
    for (VipState& state : states) {
        state.conflict = conflicts_.find(state.prefix.address);
        const bool asked_for = holding_ && !state.present && !probes_->may_claim(state.prefix.address);
        if (!state.problem && (state.conflict || asked_for)) {
            state.problem = conflict_text(state);
        }
    }
    return states;
}

} // namespace belay::daemon
