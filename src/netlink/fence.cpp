// Arming in two steps. A process may be stopped between reading the clock and the moment at which the kernel uses the
// timeout computed from it, for any time; then an old, long timeout would open the fence after the lease. So the kernel
// first gets a ticket that lives for milliseconds, then the clock is read, and the transaction that opens the fence
// begins with handing the ticket in: if it comes later than the ticket lives, all of it is undone. What is left is the
// life of the ticket itself, and that much is taken off the timeout.
#include "belay/netlink/fence.hpp"

#include "belay/base/clock.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace belay::netlink {

namespace {

constexpr Duration kernel_wait_max = std::chrono::milliseconds(50); // for answers; they come within sendmsg
constexpr nft::Timeout ticket_life_least(5);
constexpr Duration armed_least = std::chrono::milliseconds(2);
constexpr int tries_max = 20; // of arming: a ticket is late once in a hundred times, by the tick of the clock

/// The length of a tick, which is the resolution of timeouts.
Duration kernel_tick() noexcept {
    timespec tick{};
    if (::clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0) {
        return std::chrono::milliseconds(10); // the longest there is
    }
    return std::chrono::seconds(tick.tv_sec) + Duration(tick.tv_nsec);
}

std::unexpected<Error> refused(const char* act, const Error& cause) {
    return std::unexpected(Error{.text = fmt::format("cannot {} the fence (nf_tables, tables {} of inet, arp and "
                                                     "netdev): {}",
                                                     act, fence_table, cause.text),
                                 .code = cause.code});
}

} // namespace

Fence::Fence(RequestSocket socket)
    : socket_(std::move(socket))
    , ticket_life_(std::max(ticket_life_least, std::chrono::ceil<nft::Timeout>(kernel_tick()))) {}

Duration Fence::least_time() noexcept {
    return std::max(armed_least, kernel_tick());
}

Result<Fence> Fence::open() {
    auto socket = RequestSocket::open(NETLINK_NETFILTER);
    if (!socket) {
        return refused("reach", socket.error());
    }
    Fence fence(std::move(*socket));
    if (const Answer answer = fence.commit(try_nf_tables()); answer.kind != Answer::Kind::done) {
        return refused("use", answer.error);
    }
    return fence;
}

Answer Fence::commit(const Batch& batch) {
    return socket_.transact(batch, kernel_wait_max).answer;
}

void Fence::pause(Step step) const {
    if (pause_) {
        pause_(step);
    }
}

/// With egress chains; where the kernel refuses these, without them; where it knows no netdev tables, without the
/// table.
Status Fence::build(const FencedSet& fenced) {
    FencedSet wanted = fenced;
    egress_problem_.clear();
    for (bool with_netdev = true;;) {
        std::size_t egress_begin = 0;
        const Verdict verdict = socket_.transact(build_fence(wanted, with_netdev, egress_begin), kernel_wait_max);
        with_netdev_ = with_netdev && !wanted.egress_devices.empty();
        if (verdict.answer.kind == Answer::Kind::done) {
            return {};
        }
        const bool refused_egress = verdict.answer.kind == Answer::Kind::refused && verdict.refused_at >= egress_begin;
        if (!with_netdev || !refused_egress) {
            return refused("build", verdict.answer.error);
        }
        if (with_netdev_) {
            egress_problem_ = verdict.answer.error.text;
        }
        with_netdev = with_netdev_;
        wanted.egress_devices.clear();
    }
}

Arming Fence::arm(Instant until) {
    Error last{.text = "every ticket came too late; is this process starved?", .code = ETIME};
    for (int attempt = 0; attempt < tries_max; ++attempt) {
        pause(Step::before_ticket);
        if (until - boot_now() < ticket_life_ + least_time()) {
            return give_up(Arming::Kind::too_short, {});
        }
        const Answer ticket = commit(take_ticket(ticket_life_));
        if (ticket.kind == Answer::Kind::refused) {
            const bool lost = ticket.error.code == ENOENT;
            return give_up(lost ? Arming::Kind::lost : Arming::Kind::failed, ticket.error);
        }
        pause(Step::before_clock);
        const Instant now = boot_now(); // after the ticket was acknowledged, whatever time that took
        const Duration left = until - now - ticket_life_;
        if (left < least_time()) {
            return give_up(Arming::Kind::too_short, {});
        }
        const auto timeout = std::chrono::floor<nft::Timeout>(left);
        pause(Step::before_opening);
        const Answer opened = ticket.kind == Answer::Kind::done ? commit(arm_fence(with_netdev_, timeout)) : ticket;
        if (opened.kind == Answer::Kind::done) {
            return {.kind = Arming::Kind::armed, .until = now + timeout, .error = {}};
        }
        if (opened.kind == Answer::Kind::refused && opened.error.code != ENOENT) {
            return give_up(Arming::Kind::failed, opened.error);
        }
        if (opened.kind == Answer::Kind::unknown) {
            last = opened.error; // armed or not, it ends in time: arm again
        }
    }
    return give_up(Arming::Kind::failed, last);
}

Arming Fence::give_up(Arming::Kind kind, const Error& error) {
    if (kind == Arming::Kind::lost) {
        return {.kind = kind, .until = {}, .error = refused("arm", error).error()};
    }
    const Status closed = close();
    if (kind == Arming::Kind::too_short && closed) {
        return {.kind = kind, .until = {}, .error = {}};
    }
    if (!closed && closed.error().code == ENOENT) {
        return {.kind = Arming::Kind::lost, .until = {}, .error = closed.error()};
    }
    return {
        .kind = Arming::Kind::failed, .until = {}, .error = closed ? refused("arm", error).error() : closed.error()};
}

Status Fence::close() {
    Answer answer;
    for (int attempt = 0; attempt < 3 && answer.kind == Answer::Kind::unknown; ++attempt) {
        answer = commit(close_fence(with_netdev_));
    }
    return answer.kind == Answer::Kind::done ? Status() : refused("close", answer.error);
}

Status Fence::remove() {
    const Answer answer = commit(remove_fence(with_netdev_));
    return answer.kind == Answer::Kind::done ? Status() : refused("remove", answer.error);
}

} // namespace belay::netlink
