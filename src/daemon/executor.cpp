// What the core wants done, done in order (DESIGN section 3, end). The kernel acts before anybody is told.

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/watchdog.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <utility>

namespace belay::daemon {

namespace {

constexpr Duration withdraw_retry = std::chrono::milliseconds(100);

} // namespace

void Watchdog::execute(std::vector<core::Action> actions) {
    std::vector<heartbeat::Outbound> outbound;
    for (core::Action& action : actions) {
        if (auto* send = std::get_if<core::action::Send>(&action)) {
            outbound.push_back({.to = send->to, .message = send->message});
            continue;
        }
        send_all(std::exchange(outbound, {})); // what was said before comes before what is done after
        std::visit(
            [this](const auto& act) {
                if constexpr (!std::is_same_v<std::decay_t<decltype(act)>, core::action::Send>) {
                    execute(act);
                }
            },
            action);
    }
    send_all(std::move(outbound));
}

void Watchdog::send_all(std::vector<heartbeat::Outbound> outbound) {
    if (!outbound.empty()) {
        heartbeat_->send(std::move(outbound));
    }
}

/// Only behind an open fence: one that cannot be armed makes the core release.
void Watchdog::execute(const core::action::Serve& serve) {
    if (fence_->arm(serve.until)) {
        nothing_left_ = false;
        vips_->hold(serve.until, serve.after_release ? VipKeeper::Probe::skipped : VipKeeper::Probe::first);
    }
}

/// Each renewal moves the instant at which the kernel shuts the fence by itself, and lengthens the lives of the
/// addresses (DESIGN section 4).
void Watchdog::execute(const core::action::Extended& extended) {
    static_cast<void>(fence_->arm(extended.until));
    vips_->extended(extended.until);
}

/// Until the kernel acknowledges it there is no release: the others wait for the promises to run out.
void Watchdog::execute(const core::action::Withdraw& withdraw) {
    if (take_down()) {
        release(withdraw);
        return;
    }
    step(core::Withdrawn{.ballot = withdraw.ballot, .acknowledged = false});
    withdraw_timer_ = std::make_unique<boost::asio::steady_timer>(context_, withdraw_retry);
    withdraw_timer_->async_wait([this, ballot = withdraw.ballot](const boost::system::error_code& cancelled) {
        if (!cancelled && !vips_->holding()) {
            execute(core::action::Withdraw{.ballot = ballot, .others_wait = false}); // they have waited long enough
        }
    });
}

/// The fence first: it silences any number of VIPs at once. True: the kernel has acknowledged both.
bool Watchdog::take_down() {
    const bool closed = fence_->close();
    nothing_left_ = vips_->withdraw();
    return closed && nothing_left_;
}

void Watchdog::execute(const core::action::RoleChanged& changed) {
    const bool own = changed.node == prepared_.run.self;
    const bool trouble = changed.to == core::Role::down || changed.to == core::Role::refused ||
                         changed.reason.why == core::Why::lease_ran_out;
    (trouble && changed.reason.why != core::Why::stopping ? log::warning : log::notice)(
        own ? "role" : "peer_role", {{"node", prepared_.settings.name_of(changed.node)},
                                     {"from", core::to_text(changed.from)},
                                     {"to", core::to_text(changed.to)},
                                     {"term", changed.term},
                                     {"why", core::to_text(changed.reason.why)},
                                     {"reason", changed.reason.words.view()}});
    history_.add(wall_now(), changed);
    if (changed.to == core::Role::active) {
        settle_switchovers(changed.node);
    }
    if (!own) {
        if (changed.from == core::Role::down && vips_->holding()) {
            vips_->announce_again(vip::Reason::healed); // it may have held or announced them (PEERS lesson 2)
        }
        return;
    }
    if (changed.from == core::Role::joining) {
        abstention_over();
    }
    tell_followers(changed);
    static_cast<void>(
        prepared_.notifier.status(fmt::format("{}: {}", core::to_text(changed.to), changed.reason.words.view())));
    boost::asio::post(context_, [this] { update_card(); });
}

/// From now on no promise for a longer lease than the configured one can be out.
void Watchdog::abstention_over() {
    if (std::exchange(lease_trimmed_, true) || boot_now() < election_.acceptor().abstains_until()) {
        return;
    }
    const Duration span = config::promise_span(prepared_.settings.cluster, prepared_.run.fence);
    if (const Status kept = prepared_.runtime.remember_lease(span); !kept) {
        log::warning("remembered_lease", {{"problem", kept.error().text}, {"next", "the next start abstains longer"}});
    }
}

void Watchdog::execute(const core::action::Reply& reply) {
    last_reply_ = reply;
}

void Watchdog::execute(const core::action::Noticed& noticed) {
    log::notice(noticed.event, {{"node", prepared_.settings.name_of(noticed.node)}, {"text", noticed.text}});
}

/// The farewell is on the wire before the loop ends.
void Watchdog::execute(const core::action::Stopped& /*stopped*/) {
    boost::asio::post(context_, [this] {
        heartbeat_->drain([this] {
            boost::asio::post(context_, [this] {
                log::notice("stopped", {{"node", prepared_.settings.name_of(prepared_.run.self)}});
                context_.stop();
            });
        });
    });
}

} // namespace belay::daemon
