// Two nodes in the watchdog thread: the gateway's answers and the silence at the VIPs go to the core (DESIGN section
// 3.7), and the word of an operator who vouches that the other host is off.

#include "belay/base/log.hpp"
#include "belay/control/reply.hpp"
#include "belay/daemon/watchdog.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

Status Watchdog::open_upstream() {
    if (!prepared_.settings.cluster.upstream) {
        return {};
    }
    auto prober = UpstreamProber::start(context_, upstream_setup(prepared_.settings), std::move(prepared_.upstream_arp),
                                        {.gateway = [this](const core::UpstreamChecked& checked) { step(checked); },
                                         .vip = [this](const core::VipProbed& probed) { step(probed); }});
    if (!prober) {
        return std::unexpected(prober.error());
    }
    upstream_ = std::move(*prober);
    return {};
}

void Watchdog::execute(const core::action::ProbeVips& probe) {
    if (!upstream_) {
        return; // stopping
    }
    if (probe.on) {
        upstream_->probe_vips(probe.interval);
    } else {
        upstream_->stop_probing();
    }
}

void Watchdog::answer(const control::request::Takeover& request, const control::ReplyFunction& reply) {
    if (prepared_.settings.find_node(request.fenced) == nullptr) {
        reply(control::error_reply(
            fmt::format("there is no node '{}' in the configuration; `belay nodes` lists them", request.fenced)));
        return;
    }
    last_reply_.reset();
    step(core::FencedByOperator{.node = node_id(request.fenced)});
    const auto done =
        last_reply_.value_or(core::action::Reply{.accepted = false, .to = {}, .text = "the daemon is busy; try again"});
    log::notice("takeover", {{"fenced", request.fenced}, {"accepted", done.accepted}, {"answer", done.text}});
    reply(done.accepted ? control::ok_reply({{"fenced", request.fenced}, {"text", done.text}})
                        : control::error_reply(done.text));
}

} // namespace belay::daemon
