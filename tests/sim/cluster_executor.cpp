// What the daemon asks of its kernel, as in src/daemon/executor.cpp, fence_keeper.cpp and vip_keeper.cpp. It waits for
// each answer. Everything here stands still while the process is stopped, and what was handed to the kernel goes on.

#include "cluster.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>
#include <utility>

namespace belay::sim {

using sabotage::Break;

namespace {

constexpr Duration kernel_least = std::chrono::microseconds(50);
constexpr Duration kernel_most = std::chrono::microseconds(400);
constexpr Duration withdraw_retry = std::chrono::milliseconds(100);

} // namespace

/// Hands a batch to the kernel, which comes to it after it got its commit lock.
void Cluster::submit(Host& host, Task task, Duration timeout) {
    host.task = task;
    host.task_ready = false;
    host.commit_task = task;
    host.commit_timeout = timeout;
    host.commit_running = true;
    const Duration wait =
        random_.between(kernel_least, kernel_most) +
        (random_.chance(300) ? random_.between(Duration::zero(), host.kernel_slow) : Duration::zero());
    events_.plan(now_ + wait, Kind::commit, host.number, ++host.commit_number);
}

void Cluster::commit(Host& host) {
    host.commit_running = false;
    const bool good = apply(host);
    check_serving();
    if (host.life != Life::off && host.task == host.commit_task) {
        host.task_ready = true;
        host.task_good = good;
        go_on(host);
    }
}

bool Cluster::apply(Host& host) {
    const Instant now = local(host);
    switch (host.commit_task) {
    case Task::clean_up:
        if (!sabotage::is(Break::left_overs_kept)) {
            host.kernel.remove_address();
            host.kernel.close();
        }
        return true;
    case Task::add_address:
    case Task::refresh:
        host.kernel.put_address(now, vip::address_lifetime(host.file.lease),
                                layout_.rates_at_limit ? vip::kernel_late_max
                                                       : random_.between(-vip::kernel_early_max, vip::kernel_late_max));
        return true;
    case Task::ticket:
        host.kernel.add_ticket(now);
        return true;
    case Task::arm:
        if (sabotage::is(Break::fence_without_ticket)) {
            host.kernel.arm_without_ticket(now, host.commit_timeout);
            return true;
        }
        return host.kernel.arm(now, host.commit_timeout);
    case Task::close:
        host.kernel.close();
        return true;
    case Task::remove:
        if (host.removal_fails) {
            return false;
        }
        host.kernel.remove_address();
        host.kernel.close();
        return true;
    case Task::none:
    case Task::think:
        break;
    }
    return true;
}

/// The daemon's next step after what it waited for.
void Cluster::go_on(Host& host) {
    if (!host.task_ready || host.task == Task::none || !host.runs() || trapped(host)) {
        return;
    }
    host.task_ready = false;
    switch (std::exchange(host.task, Task::none)) {
    case Task::clean_up:
        begin_run(host);
        return;
    case Task::add_address:
        host.address_added = true;
        announce(host);
        break;
    case Task::ticket:
        read_clock_and_think(host);
        break;
    case Task::think:
        submit(host, Task::arm, host.commit_timeout);
        break;
    case Task::arm:
        if (!host.task_good) {
            begin_arming(host); // the ticket was gone: again, while the lease holds
        } else {
            reconcile(host);
        }
        break;
    case Task::remove:
        removed(host);
        break;
    case Task::close:
    case Task::refresh:
    case Task::none:
        break;
    }
    pump(host);
}

/// The address, once the fence is armed and nobody else answers for it; later its lifetime, whenever it could end
/// before the lease does. Neither after the lease. What lies between that look at the clock and the kernel is not
/// guarded where the lifetime of the address is the fence (README.md).
void Cluster::reconcile(Host& host) {
    const Instant now = local(host);
    if (!host.holding || host.task != Task::none || now >= host.fence_until) {
        return;
    }
    if (!host.address_added) {
        if (!host.questions.claim.next_deadline()) {
            host.refreshes.refreshed(now);
            submit(host, Task::add_address);
        }
    } else if (host.refreshes.due(now, host.fence_until)) {
        host.refreshes.refreshed(now);
        submit(host, Task::refresh);
    }
}

void Cluster::begin_arming(Host& host) {
    if (layout_.fence != Fence::nftables) {
        reconcile(host);
    } else if (sabotage::is(Break::fence_without_ticket)) {
        read_clock_and_think(host);
    } else {
        submit(host, Task::ticket);
    }
}

void Cluster::read_clock_and_think(Host& host) {
    Duration left = std::chrono::floor<std::chrono::milliseconds>(host.fence_until - moment(host).boot);
    if (sabotage::is(Break::fence_full_lease)) {
        left = host.file.lease;
    }
    if (sabotage::is(Break::timeout_zero)) {
        left = std::max(left, Duration::zero());
    } else if (left < Kernel::least_timeout) {
        submit(host, Task::close);
        return;
    }
    host.task = Task::think;
    host.task_ready = false;
    host.commit_timeout = left;
    const Duration thinks = std::chrono::microseconds(5);
    events_.plan(now_ + thinks, Kind::think, host.number, ++host.think_number);
}

void Cluster::removed(Host& host) {
    const core::Ballot ballot = host.withdrawn;
    host.inbox.push_front(core::Withdrawn{.ballot = ballot, .acknowledged = host.task_good});
    if (!host.task_good) {
        oracle_.say(now_, host.name, "the kernel did not acknowledge the removal");
        remove_again(host, ballot, host.run);
    }
}

/// Until the kernel acknowledges it, or the daemon holds again.
void Cluster::remove_again(Host& host, const core::Ballot& ballot, std::uint64_t run) {
    at(now_ + withdraw_retry, [this, &host, ballot, run] {
        if (host.run != run || host.life != Life::running || host.withdrawn != ballot || host.election->lease()) {
            return;
        }
        if (host.runs() && host.task == Task::none) {
            submit(host, Task::remove);
        } else {
            remove_again(host, ballot, run);
        }
    });
}

} // namespace belay::sim
