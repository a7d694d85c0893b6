#include "belay/daemon/watchdog.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"

#include <boost/asio/post.hpp>
#include <csignal>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

namespace {

constexpr Duration end_max = std::chrono::seconds(2); // a stop takes no longer, whatever hangs

} // namespace

Watchdog::Watchdog(Prepared prepared)
    : prepared_(std::move(prepared))
    , election_(core_setup(prepared_.settings, prepared_.run), Instant(Duration(prepared_.run.incarnation.started_ns)))
    , fence_(std::move(prepared_.fence))
    , signals_(context_)
    , beat_timer_(context_)
    , end_timer_(context_) {}

Watchdog::~Watchdog() {
    // The other threads post to this one's context: they end first.
    control_.reset();
    lifecheck_.reset();
    info_.reset();
    heartbeat_.reset();
}

Result<std::unique_ptr<Watchdog>> Watchdog::make(Prepared prepared) {
    std::unique_ptr<Watchdog> watchdog(new Watchdog(std::move(prepared)));
    if (const Status begun = watchdog->begin(); !begun) {
        watchdog->remove_fence();
        return std::unexpected(begun.error());
    }
    return watchdog;
}

Status Watchdog::begin() {
    auto timer = BootTimer::make(context_, [this](Instant planned) { deadline_reached(planned); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    timer_ = std::make_unique<BootTimer>(std::move(*timer));
    open_followers();
    for (const auto& part : {&Watchdog::open_vips, &Watchdog::open_fence, &Watchdog::start_threads,
                             &Watchdog::open_control, &Watchdog::open_upstream, &Watchdog::open_databases}) {
        if (const Status begun = (this->*part)(); !begun) {
            return begun;
        }
    }
    watch_signals();
    restore_maintenance();
    step(core::LinksChanged{.condition = vips_->links()});
    const std::string node = prepared_.settings.name_of(prepared_.run.self);
    log::notice("started", {{"node", node},
                            {"cluster", prepared_.settings.cluster.name},
                            {"version", BELAY_VERSION},
                            {"incarnation", to_text(prepared_.run.incarnation)},
                            {"abstention", to_text(prepared_.run.abstention)},
                            {"fence", config::word_of(fence_->kind())}});
    announce_ready();
    beat();
    return {};
}

/// Left-overs of an earlier run are gone, and the kernel has said so, before any other node hears of this run: their
/// holder may be replaced on the strength of that (DESIGN section 3.5).
Status Watchdog::open_vips() {
    auto vips =
        VipKeeper::open(context_,
                        {.vips = vips_of(prepared_.settings),
                         .lease = prepared_.settings.cluster.lease,
                         .claims = claim_policy_of(prepared_.settings.announce)},
                        std::move(prepared_.sockets),
                        {.links =
                             [this](core::Condition condition) {
                                 fence_->links_changed();
                                 step(core::LinksChanged{.condition = std::move(condition)});
                             },
                         .refused =
                             [this](std::string detail) {
                                 log::error("address_refused", {{"problem", detail}, {"next", "releasing the VIPs"}});
                                 step(core::AddressRefused{.detail = std::move(detail)});
                             }});
    if (!vips) {
        return std::unexpected(vips.error());
    }
    vips_ = std::move(*vips);
    if (!take_down()) {
        return fail("addresses that an earlier run left behind cannot be removed; remove them by hand (ip addr), "
                    "the log names them");
    }
    return {};
}

/// Left-overs are gone: from now on the fence guards the configured VIPs only, and is watched.
Status Watchdog::open_fence() {
    return fence_->watch(context_, [this](const std::string& problem) {
        step(core::AddressRefused{.detail = fmt::format("the VIPs cannot be fenced: {}", problem)});
    });
}

/// Tables that guard nothing are not left behind; those around an address that may still be there are.
void Watchdog::remove_fence() {
    if (nothing_left_) {
        fence_->remove();
    }
}

Status Watchdog::start_threads() {
    const config::Settings& settings = prepared_.settings;
    const auto post = [this](auto work) { boost::asio::post(context_, std::move(work)); };
    auto heartbeat = heartbeat::Thread::start(
        heartbeat_setup(settings, prepared_.run, prepared_.keys),
        {// heartbeat -> watchdog
         .received =
             [this, post](std::vector<heartbeat::Received> received) {
                 post([this, received = std::move(received)] { hear(received); });
             },
         .report =
             [this, post](heartbeat::Report report) {
                 post([this, report = std::move(report)]() mutable { take_report(std::move(report)); });
             }});
    if (!heartbeat) {
        return std::unexpected(heartbeat.error());
    }
    heartbeat_ = std::move(*heartbeat);
    auto info = info::Thread::start(
        info_setup(settings, prepared_.run, prepared_.keys),
        {// info -> watchdog
         .card = {},
         .joined = [this, post](NodeId peer,
                                const info::Join& join) { post([this, peer, join] { take_join(peer, join); }); },
         .request =
             [this, post](NodeId peer, const nlohmann::json& request, info::Reply reply) {
                 post([this, peer, request, reply = std::move(reply)] { serve_peer(peer, request, reply); });
             },
         .report = [this, post](const info::Report& report) { post([this, report] { take_info_report(report); }); }});
    if (!info) {
        return std::unexpected(info.error());
    }
    info_ = std::move(*info);
    auto lifecheck = lifecheck::Thread::start(
        lifecheck_setup(settings, prepared_.run.self),
        {// lifecheck -> watchdog
         .health =
             [this, post](lifecheck::Health health) {
                 post([this, health = std::move(health)]() mutable { take_health(std::move(health)); });
             },
         .databases =
             [this, post](pgpool::View view) {
                 post([this, view = std::move(view)]() mutable { take_view(std::move(view)); });
             },
         .peers =
             [this, post](std::vector<lifecheck::PeerHealth> peers) {
                 post([this, peers = std::move(peers)]() mutable { take_peer_health(std::move(peers)); });
             }});
    if (!lifecheck) {
        return std::unexpected(lifecheck.error());
    }
    lifecheck_ = std::move(*lifecheck);
    return {};
}

Status Watchdog::open_control() {
    auto server = control::Server::open(
        context_, {.directory = prepared_.runtime.path(), .access = access_rules()},
        [this](const control::Request& request, control::ReplyFunction reply) { serve(request, std::move(reply)); });
    if (!server) {
        return std::unexpected(server.error());
    }
    control_ = std::move(*server);
    if (!control_->warning().empty()) {
        log::warning("control_socket", {{"problem", control_->warning()}});
    }
    return {};
}

void Watchdog::restore_maintenance() {
    if (prepared_.maintenance) {
        step(core::MaintenanceChanged{.maintenance = {.on = true, .until = prepared_.maintenance->until}});
    }
}

void Watchdog::watch_signals() {
    boost::system::error_code problem;
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        signals_.add(number, problem);
    }
    signals_.async_wait([this](const boost::system::error_code& cancelled, int number) {
        if (cancelled) {
            return;
        }
        if (number == SIGHUP) {
            static_cast<void>(prepared_.notifier.reloading());
            static_cast<void>(reload());
            ready_said_ = false;
            announce_ready();
        } else {
            end();
        }
        watch_signals();
    });
}

/// Said until the service manager takes it: one that is busy loses messages.
void Watchdog::announce_ready() {
    ready_said_ =
        ready_said_ || prepared_.notifier.ready(fmt::format("{}: {}", prepared_.settings.name_of(prepared_.run.self),
                                                            core::to_text(election_.role())));
}

/// Only this thread tells the service manager that the daemon is well: if it hangs, the beats stop.
void Watchdog::beat() {
    if (const auto interval = prepared_.notifier.beat_interval()) {
        static_cast<void>(prepared_.notifier.beat());
        announce_ready();
        beat_timer_.expires_after(*interval);
        beat_timer_.async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled) {
                beat();
            }
        });
    }
}

void Watchdog::run() {
    context_.run();
    remove_fence();
}

/// The one way into the core. The clock is read here, after whatever happened.
void Watchdog::step(const core::Event& event) {
    follow_ups_.push_back(event);
    if (stepping_) {
        return; // an action of the running step caused it: its turn comes when that step is done
    }
    stepping_ = true;
    while (!follow_ups_.empty()) {
        const core::Event next = std::move(follow_ups_.front());
        follow_ups_.pop_front();
        execute(election_.step(moment_now(), next));
    }
    stepping_ = false;
    arm();
    tell_databases_holder();
}

void Watchdog::arm() {
    if (!draining_) {
        timer_->arm(election_.next_deadline());
    }
}

/// After a stall of our own the packets that came meanwhile are read first, so that it is not mistaken for a peer's
/// death (DESIGN section 6). A holder does not wait for that: its lease may be over.
void Watchdog::deadline_reached(Instant planned) {
    const Duration late = boot_now() - planned;
    if (late < prepared_.settings.cluster.heartbeat_interval / 2) {
        step(core::Tick{});
        return;
    }
    ++stalls_;
    stall_max_ = std::max(stall_max_, late);
    log::warning("stalled", {{"late_ms", to_ms(late)}, {"next", "reading what arrived meanwhile, then going on"}});
    if (election_.lease()) {
        step(core::Tick{});
        return;
    }
    draining_ = true;
    heartbeat_->drain([this] {
        boost::asio::post(context_, [this] {
            draining_ = false;
            step(core::Tick{});
        });
    });
}

void Watchdog::hear(const std::vector<heartbeat::Received>& received) {
    for (const heartbeat::Received& one : received) {
        step(core::Heard{.from = one.from,
                         .incarnation = one.incarnation,
                         .message = one.message,
                         .heard_at = one.heard_at,
                         .newest = one.newest});
    }
}

void Watchdog::take_report(heartbeat::Report report) {
    for (const heartbeat::Note& note : report.notes) {
        if (note.kind == heartbeat::Note::Kind::proved) {
            rivals_.erase(note.peer);
            step(core::Proved{.peer = note.peer, .incarnation = note.incarnation});
        } else if (note.kind == heartbeat::Note::Kind::rival) {
            rivals_[note.peer] =
                fmt::format("another daemon ({}) claims to be it; stop one of them", to_text(note.incarnation));
        }
    }
    heartbeat_report_ = std::move(report);
}

void Watchdog::take_join(NodeId peer, const info::Join& join) {
    info_->request_report();
    if (!peer || join.direction != info::Direction::dialled) {
        return;
    }
    const bool refused = join.verdict == info::Verdict::refused_by_peer || join.verdict == info::Verdict::refused_by_us;
    step(core::PeerVerdict{.peer = peer, .refusal = refused ? std::optional(join.reason) : std::nullopt});
}

void Watchdog::take_info_report(const info::Report& report) {
    info_report_ = report;
    tell_databases_peers();
    tell_queried();
}

void Watchdog::take_health(lifecheck::Health health) {
    const bool changed = !health_ || health_->healthy != health.healthy;
    if (changed) {
        (health.healthy ? log::notice : log::warning)("service",
                                                      {{"healthy", health.healthy}, {"detail", health.detail}});
    }
    health_ = std::move(health);
    judge_service();
    update_card();
}

void Watchdog::update_card() {
    info::Own own = info_setup(prepared_.settings, prepared_.run, {}).own;
    own.card.status = fmt::format("{}: {}", core::to_text(election_.role()), election_.reason().words.view());
    own.card.service_healthy = health_ && health_->healthy;
    info_->set_own(std::move(own));
}

/// Stops in good order: the VIPs go, the lease is released, the others are told, then the loop ends.
void Watchdog::end() {
    log::notice("stopping", {{"role", core::to_text(election_.role())}});
    static_cast<void>(prepared_.notifier.stopping("handing over"));
    ending_ = true;
    followers_->hurry(end_max / 2);
    end_timer_.expires_after(end_max);
    end_timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) {
            log::error("stop_timeout",
                       {{"problem", "a part of the daemon does not answer"}, {"next", "ending anyway"}});
            context_.stop();
        }
    });
    step(core::StopAsked{});
}

} // namespace belay::daemon
