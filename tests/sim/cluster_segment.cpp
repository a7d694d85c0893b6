// The segment of the VIPs: a gateway that answers ARP, kernels that answer for a VIP while they serve it, and what a
// daemon asks there, as in src/daemon/upstream_prober.cpp and probe_vips.cpp. Only clusters with `tiebreaker =
// upstream` have one; with more nodes safety does not rest on ARP.

#include "cluster.hpp"

#include <algorithm>
#include <utility>

namespace belay::sim {

namespace {

constexpr Duration timer_late_max = std::chrono::microseconds(100);
constexpr std::size_t ready_max = 256; // frames that the packet socket of a stopped daemon keeps

const IpAddress& vip_address() {
    static const IpAddress address = *parse_ip("10.77.0.100");
    return address;
}

} // namespace

void Cluster::open_questions(Host& host) {
    if (layout_.upstream) {
        ask_gateway(host);
    }
}

/// One thing that the event loop found ready. Where the core is told first, the rest comes after what it wants done.
void Cluster::take_ready(Host& host) {
    Questions& questions = host.questions;
    const Ready ready = questions.ready.front();
    questions.ready.pop_front();
    switch (ready) {
    case Ready::gateway_due:
        questions.ready.push_front(Ready::ask_gateway);
        if (const auto asked_at = std::exchange(questions.gateway_asked_at, std::nullopt)) {
            step(host, core::UpstreamChecked{.reachable = false, .asked_at = *asked_at});
        }
        break;
    case Ready::ask_gateway:
        ask_gateway(host);
        break;
    case Ready::gateway_answer:
        if (const auto asked_at = std::exchange(questions.gateway_asked_at, std::nullopt)) {
            step(host, core::UpstreamChecked{.reachable = true, .asked_at = *asked_at});
        }
        break;
    case Ready::vip_due:
        if (questions.vip_interval == Duration::zero()) {
            break;
        }
        questions.ready.push_front(Ready::ask_for_vip);
        if (const auto asked_at = std::exchange(questions.vip_asked_at, std::nullopt)) {
            step(host, core::VipProbed{.asked_at = *asked_at, .outcome = core::ProbeOutcome::unanswered});
        }
        break;
    case Ready::ask_for_vip:
        ask_for_vip(host);
        break;
    case Ready::claim_due:
        claim_turn(host);
        break;
    case Ready::vip_question:
    case Ready::vip_answer:
        vip_heard(host, ready == Ready::vip_question);
        break;
    }
}

void Cluster::ask_gateway(Host& host) {
    const Instant now = local(host);
    host.questions.gateway_asked_at = now;
    say_to_segment(host, Frame::gateway_question);
    set_timer(host, Ready::gateway_due, now + host.file.heartbeat_interval);
}

void Cluster::ask_for_vip(Host& host) {
    Questions& questions = host.questions;
    if (questions.vip_interval == Duration::zero()) {
        return; // the answer to the last question was to stop
    }
    const Instant now = local(host);
    questions.vip_asked_at = now;
    say_to_segment(host, Frame::vip_question);
    set_timer(host, Ready::vip_due, now + questions.vip_interval);
}

/// Both who puts the VIPs up and who asks whether they are free hear every frame.
void Cluster::vip_heard(Host& host, bool only_asks) {
    Questions& questions = host.questions;
    if (host.holding && questions.claim.answered(local(host), vip_address())) {
        oracle_.say(now_, host.name, "leaves the VIPs to whoever {} them", only_asks ? "asks for" : "has");
        set_timer(host, Ready::claim_due, *questions.claim.next_deadline());
    }
    if (questions.vip_interval == Duration::zero()) {
        return;
    }
    if (only_asks) {
        step(host, core::VipProbed{.asked_at = local(host), .outcome = core::ProbeOutcome::rival});
    } else {
        const Instant asked_at = std::exchange(questions.vip_asked_at, std::nullopt).value_or(local(host));
        step(host, core::VipProbed{.asked_at = asked_at, .outcome = core::ProbeOutcome::answered});
    }
}

void Cluster::probe_vips(Host& host, const core::action::ProbeVips& probe) {
    host.questions.vip_interval = probe.on ? probe.interval : Duration::zero();
    host.questions.vip_asked_at.reset();
    ask_for_vip(host);
}

/// Before the VIPs are put up: whether somebody has them (DESIGN section 5, "Probe before claim").
void Cluster::claim_first(Host& host) {
    if (layout_.upstream) {
        host.questions.claim.start(local(host), std::array{vip_address()});
        claim_turn(host);
    }
}

void Cluster::claim_turn(Host& host) {
    vip::Prober& claim = host.questions.claim;
    const vip::Prober::Turn turn = claim.due(local(host));
    for (std::size_t asked = 0; asked < turn.ask.size(); ++asked) {
        say_to_segment(host, Frame::vip_question);
    }
    if (const auto next = claim.next_deadline()) {
        set_timer(host, Ready::claim_due, *next);
    }
    if (!turn.free.empty()) {
        reconcile(host);
    }
}

/// A gratuitous ARP, which the fence lets out as long as it is open (egress hook).
void Cluster::announce(Host& host) {
    if (layout_.upstream && host.kernel.serves(local(host))) {
        say_to_segment(host, Frame::vip_answer);
    }
}

void Cluster::set_timer(Host& host, Ready timer, Instant at) {
    const auto which = static_cast<std::size_t>(timer);
    const WorldTime when =
        std::max(host.clock.when(at), now_ + Duration(1)) + random_.between(Duration::zero(), timer_late_max);
    events_.plan(when, Kind::timer, host.number, (++host.timer_numbers[which] * host.timer_numbers.size()) + which);
}

void Cluster::timer_fires(Host& host, std::uint64_t number) {
    const std::uint64_t which = number % host.timer_numbers.size();
    if (host.timer_numbers[which] == number / host.timer_numbers.size()) {
        host.questions.ready.push_back(static_cast<Ready>(which));
        pump(host);
    }
}

/// Questions to the gateway go to it alone, all else to everybody.
void Cluster::say_to_segment(Host& from, Frame frame) {
    if (!from.on_segment) {
        return;
    }
    if (frame == Frame::gateway_question) {
        say_frame(from, frame, from.number); // named by its asker; the gateway stands nowhere
        return;
    }
    for (Host& host : hosts_) {
        if (host.number != from.number) {
            say_frame(host, frame, from.number);
        }
    }
}

void Cluster::say_frame(Host& to, Frame frame, std::size_t from) {
    if (!random_.chance(segment_.loss_permille)) {
        events_.plan(now_ + random_.between(segment_.delay_least, segment_.delay_most), Kind::frame, to.number,
                     (from * frames_apart) + static_cast<std::size_t>(frame));
    }
}

void Cluster::frame_arrives(Host& host, Frame frame, std::size_t from) {
    if (!host.on_segment || host.frozen || !hosts_[from].on_segment) {
        return;
    }
    if (frame == Frame::gateway_question) {
        if (segment_.gateway_up) {
            say_frame(host, Frame::gateway_answer, from);
        }
        return;
    }
    if (frame == Frame::vip_question && host.kernel.serves(local(host))) {
        say_frame(hosts_[from], Frame::vip_answer, host.number); // the kernel, whatever the daemon does
    }
    if (host.life != Life::running || host.questions.ready.size() >= ready_max) {
        return;
    }
    host.questions.ready.push_back(frame == Frame::gateway_answer ? Ready::gateway_answer
                                   : frame == Frame::vip_question ? Ready::vip_question
                                                                  : Ready::vip_answer);
    pump(host);
}

} // namespace belay::sim
