#include "belay/daemon/upstream_prober.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/boot_timer.hpp"
#include "belay/daemon/fd_watch.hpp"
#include "belay/daemon/upstream_ping.hpp"
#include "belay/daemon/upstream_segment.hpp"
#include "belay/wire/arp.hpp"
#include "belay/wire/arp_question.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace belay::daemon {

namespace {

/// Questions in a row without an answer that are told: one may be lost, and the core forgives as many
/// (core/election_pair.cpp).
constexpr unsigned missed_max = 3;

} // namespace

UpstreamSetup upstream_setup(const config::Settings& settings) {
    const auto vip =
        std::ranges::find_if(settings.vips, [](const config::Vip& each) { return each.address.address.is_v4(); });
    assert(settings.cluster.upstream && vip != settings.vips.end()); // config/check_cluster.cpp
    return {.gateway = *settings.cluster.upstream,
            .interval = settings.cluster.heartbeat_interval,
            .vip = vip->address,
            .interface = vip->interface};
}

class UpstreamProber::Impl {
public:
    Impl(boost::asio::io_context& context, UpstreamSetup setup, packet::RawSocket arp, Handlers handlers)
        : context_(context)
        , setup_(std::move(setup))
        , arp_(std::move(arp))
        , handlers_(std::move(handlers)) {}

    [[nodiscard]] Status begin() {
        auto gateway = BootTimer::make(context_, [this](Instant) { ask_gateway(); });
        auto vip = BootTimer::make(context_, [this](Instant) { ask_for_vip(); });
        if (!gateway || !vip) {
            return std::unexpected(gateway ? vip.error() : gateway.error());
        }
        gateway_timer_ = std::make_unique<BootTimer>(std::move(*gateway));
        vip_timer_ = std::make_unique<BootTimer>(std::move(*vip));
        if (const Status hears = arp_.hear(packet::Hearing::arp); !hears) {
            return hears;
        }
        arp_watch_ = std::make_unique<FdWatch>(context_, arp_.fd(), [this] { arp_heard(); });
        ask_gateway();
        return {};
    }

    void probe_vips(Duration interval) {
        vip_interval_ = interval;
        vip_asked_at_.reset();
        ask_for_vip();
    }

    void stop_probing() {
        vip_interval_ = Duration::zero();
        vip_asked_at_.reset();
        vip_timer_->arm(Instant::max());
    }

private:
    /// The question before this one is over: without an answer it counts as none.
    void ask_gateway() {
        if (const auto asked_at = std::exchange(gateway_asked_at_, std::nullopt)) {
            if (++missed_ == missed_max) {
                told(false);
            }
            handlers_.gateway({.reachable = false, .asked_at = *asked_at});
        }
        const Instant now = boot_now();
        gateway_asked_at_ = now;
        if (const Status asked = send_to_gateway(); !asked) {
            trouble(asked.error());
        }
        gateway_timer_->arm(now + setup_.interval);
    }

    [[nodiscard]] Status send_to_gateway() {
        const auto segment = look_at_segment(setup_.interface);
        if (!segment) {
            return std::unexpected(segment.error());
        }
        const bool near = same_network(setup_.gateway, segment->own, segment->length) && segment->length != 0;
        const bool near_vip =
            setup_.vip.length < 32 && same_network(setup_.gateway, setup_.vip.address, setup_.vip.length);
        if (near || near_vip) {
            // A VIP says nothing of who asks, and is not ours for long.
            const bool claims = near && segment->own != setup_.vip.address;
            return arp_.send(segment->ifindex, wire::encode_arp_question(
                                                   setup_.gateway, claims ? segment->own : IpAddress{}, segment->mac));
        }
        if (!ping_) {
            auto opened = UpstreamPing::open(setup_.gateway, setup_.interface);
            if (!opened) {
                return std::unexpected(opened.error());
            }
            ping_ = std::make_unique<UpstreamPing>(std::move(*opened));
            ping_watch_ = std::make_unique<FdWatch>(context_, ping_->fd(), [this] { echo_heard(); });
        }
        const Status asked = ping_->ask(++sequence_);
        if (!asked) { // its source address or its route may be gone for good: the next question opens another one
            ping_watch_.reset();
            ping_.reset();
        }
        return asked;
    }

    void echo_heard() {
        while (const auto sequence = ping_->receive()) {
            if (*sequence == sequence_) {
                gateway_answered();
            }
        }
    }

    void gateway_answered() {
        if (const auto asked_at = std::exchange(gateway_asked_at_, std::nullopt)) {
            missed_ = 0;
            told(true);
            handlers_.gateway({.reachable = true, .asked_at = *asked_at});
        }
    }

    void ask_for_vip() {
        if (vip_interval_ == Duration::zero()) {
            return;
        }
        if (const auto asked_at = std::exchange(vip_asked_at_, std::nullopt)) {
            handlers_.vip({.asked_at = *asked_at, .outcome = core::ProbeOutcome::unanswered});
        }
        if (vip_interval_ == Duration::zero()) {
            return; // the answer to that was to stop
        }
        const Instant now = boot_now();
        const auto segment = look_at_segment(setup_.interface);
        const Status asked =
            segment
                ? arp_.send(segment->ifindex, wire::encode_arp_question(setup_.vip.address, IpAddress{}, segment->mac))
                : std::unexpected(segment.error());
        if (asked) { // what was not sent is no question that nobody answered
            vip_asked_at_ = now;
        } else {
            trouble(asked.error());
        }
        vip_timer_->arm(now + vip_interval_);
    }

    void arp_heard() {
        const auto frames = arp_.receive();
        const auto segment = look_at_segment(setup_.interface);
        if (!frames || !segment) {
            return;
        }
        for (const packet::Frame& frame : *frames) {
            const auto message = wire::decode_arp(frame.bytes);
            if (message && frame.ifindex == segment->ifindex) {
                take(*message, segment->mac);
            }
        }
    }

    /// A reply to everybody, as a router sends when it comes up, does not say that it hears us.
    void take(const wire::ArpMessage& message, const MacAddress& own) {
        if (message.operation == wire::ArpOperation::reply && message.sender_ip == setup_.gateway &&
            message.target_mac == own) {
            gateway_answered();
        }
        const bool has_vip = message.sender_ip == setup_.vip.address;
        const bool asks_too = message.is_probe() && message.target_ip == setup_.vip.address;
        if (vip_interval_ == Duration::zero() || (!has_vip && !asks_too) || is_ours(message.sender_mac) ||
            is_ours(message.ethernet_source)) {
            return; // with two interfaces on the segment this host hears, and answers, itself
        }
        if (has_vip) {
            const Instant asked_at = std::exchange(vip_asked_at_, std::nullopt).value_or(boot_now());
            handlers_.vip({.asked_at = asked_at, .outcome = core::ProbeOutcome::answered});
        } else {
            handlers_.vip({.asked_at = boot_now(), .outcome = core::ProbeOutcome::rival});
        }
    }

    /// Each change of the answer is told once.
    void told(bool reachable) {
        if (reachable_ == reachable) {
            return;
        }
        reachable_ = reachable;
        (reachable ? log::notice : log::warning)("upstream",
                                                 {{"gateway", to_text(setup_.gateway)}, {"reachable", reachable}});
        trouble_.clear();
    }

    void trouble(const Error& error) {
        if (trouble_ != error.text) {
            trouble_ = error.text;
            log::warning("upstream", {{"problem", error.text}, {"next", "asking again at the next interval"}});
        }
    }

    boost::asio::io_context& context_;
    UpstreamSetup setup_;
    packet::RawSocket arp_;
    Handlers handlers_;
    std::unique_ptr<BootTimer> gateway_timer_;
    std::unique_ptr<BootTimer> vip_timer_;
    std::unique_ptr<UpstreamPing> ping_; ///< opened when it is needed
    std::unique_ptr<FdWatch> arp_watch_;
    std::unique_ptr<FdWatch> ping_watch_;
    std::uint16_t sequence_ = 0;
    std::optional<Instant> gateway_asked_at_; ///< of a question that is open
    std::optional<Instant> vip_asked_at_;
    Duration vip_interval_{}; ///< zero: the VIP is not asked for
    unsigned missed_ = 0;     ///< questions in a row
    std::optional<bool> reachable_;
    std::string trouble_;
};

UpstreamProber::UpstreamProber(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

UpstreamProber::~UpstreamProber() = default;

Result<std::unique_ptr<UpstreamProber>> UpstreamProber::start(boost::asio::io_context& context, UpstreamSetup setup,
                                                              packet::RawSocket arp, Handlers handlers) {
    auto impl = std::make_unique<Impl>(context, std::move(setup), std::move(arp), std::move(handlers));
    if (const Status begun = impl->begin(); !begun) {
        return std::unexpected(begun.error());
    }
    return std::unique_ptr<UpstreamProber>(new UpstreamProber(std::move(impl)));
}

void UpstreamProber::probe_vips(Duration interval) {
    impl_->probe_vips(interval);
}

void UpstreamProber::stop_probing() {
    impl_->stop_probing();
}

} // namespace belay::daemon
