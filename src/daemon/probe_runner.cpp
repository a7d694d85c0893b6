#include "belay/daemon/probe_runner.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/boot_timer.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

namespace belay::daemon {

ProbeRunner::ProbeRunner(const vip::ProbePace& pace, Handlers handlers)
    : prober_(pace)
    , handlers_(std::move(handlers)) {}

ProbeRunner::~ProbeRunner() = default;

Result<std::unique_ptr<ProbeRunner>> ProbeRunner::make(boost::asio::io_context& context, const vip::ProbePace& pace,
                                                       Handlers handlers) {
    std::unique_ptr<ProbeRunner> runner(new ProbeRunner(pace, std::move(handlers)));
    auto timer = BootTimer::make(context, [self = runner.get()](Instant) { self->run(); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    runner->timer_ = std::make_unique<BootTimer>(std::move(*timer));
    return runner;
}

void ProbeRunner::start(std::span<const IpAddress> vips) {
    prober_.start(boot_now(), vips);
    run();
}

void ProbeRunner::stop() {
    prober_.stop();
    timer_->arm(Instant::max());
}

void ProbeRunner::forget(const IpAddress& vip) {
    prober_.forget(vip);
}

bool ProbeRunner::answered(const IpAddress& vip) {
    const bool matters = prober_.answered(boot_now(), vip);
    timer_->arm(prober_.next_deadline().value_or(Instant::max()));
    return matters;
}

void ProbeRunner::run() {
    const vip::Prober::Turn turn = prober_.due(boot_now());
    for (const IpAddress& vip : turn.ask) {
        const Status sent = handlers_.send(vip);
        if (sent) {
            trouble_ = false;
        } else if (!std::exchange(trouble_, true)) {
            log::warning("probe", {{"address", to_text(vip)},
                                   {"problem", sent.error().text},
                                   {"next", "going on as if nobody had answered"}});
        }
    }
    timer_->arm(prober_.next_deadline().value_or(Instant::max()));
    if (!turn.free.empty()) {
        handlers_.free(turn.free);
    }
}

} // namespace belay::daemon
