// The daemon's loop and its executor, as in src/daemon/watchdog.cpp and executor.cpp: one event at a time, its actions
// in order, and waiting for the kernel where those wait. Everything here stands still while the process is stopped, and
// what was handed to the kernel before goes on.

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
constexpr Duration refresh_interval = std::chrono::milliseconds(500);
constexpr Duration timer_late_max = std::chrono::microseconds(100);
constexpr Duration least_wait = std::chrono::microseconds(50); // no daemon spins

/// Whole seconds, as netlink takes them (DESIGN section 4, address lifetime).
Duration address_lifetime(Duration lease) {
    return std::chrono::ceil<std::chrono::seconds>(lease) + std::chrono::seconds(1);
}

} // namespace

void Cluster::begin_run(Host& host) {
    host.life = Life::running;
    host.stepped_at = Instant{};
    const core::Setup setup = setup_of(host);
    host.remembered_lease = std::max(host.remembered_lease, host.file.lease);
    host.contacts.clear();
    for (std::size_t peer = 0; peer < hosts_.size(); ++peer) {
        host.contacts.emplace_back(wire::ContactSetup{.own = host.incarnation,
                                                      .heartbeat_interval = host.file.heartbeat_interval,
                                                      .lease = host.file.lease,
                                                      .nonces = [this] {
                                                          wire::Nonce nonce;
                                                          for (std::size_t byte = 0; byte < 8; ++byte) {
                                                              nonce.bytes[byte] =
                                                                  static_cast<std::uint8_t>(random_.next());
                                                          }
                                                          nonce.bytes[8] = 1;
                                                          return nonce;
                                                      }});
    }
    const Instant started = sabotage::is(Break::wall_clock_promise) ? moment(host).boot : host.started;
    host.stepped_at = started;
    host.election = std::make_unique<core::Election>(setup, started);
    host.inbox.emplace_back(core::ServiceChanged{.condition = {.good = host.service_good, .detail = "service"}});
    host.inbox.emplace_back(core::LinksChanged{.condition = {.good = host.links_good, .detail = "links"}});
    pump(host);
}

/// Takes events and does actions until there is nothing to do, or the kernel or a stop is waited for.
void Cluster::pump(Host& host) {
    while (host.runs() && host.life == Life::running && host.task == Task::none) {
        if (host.next_action < host.actions.size()) {
            if (!trapped(host)) {
                execute(host, host.actions[host.next_action++]);
            }
        } else if (!host.inbox.empty()) {
            const core::Event event = std::move(host.inbox.front());
            host.inbox.pop_front();
            step(host, event);
        } else if (moment(host).boot >= host.deadline) {
            step(host, core::Tick{});
            host.deadline = std::max(host.deadline, host.stepped_at + least_wait);
        } else {
            break;
        }
    }
    plan_wake(host);
}

void Cluster::step(Host& host, const core::Event& event) {
    const Moment now = moment(host);
    host.stepped_at = now.boot;
    core::Actions actions = host.election->step(now, event);
    if (host.next_action < host.actions.size()) { // a look at the clock in the middle of an act
        std::ranges::move(actions, std::back_inserter(host.actions));
    } else {
        host.actions = std::move(actions);
        host.next_action = 0;
    }
    host.deadline = host.election->next_deadline();
    check_lease(host, now.boot);
}

void Cluster::plan_wake(Host& host) {
    if (!host.runs() || host.life != Life::running || host.task != Task::none || host.deadline == Instant::max()) {
        return;
    }
    const Instant now = moment(host).boot;
    const Duration ahead = std::max(host.deadline - now, Duration(1));
    const WorldTime when = host.clock.when(local(host) + ahead) + random_.between(Duration::zero(), timer_late_max);
    if (host.wake_at > now_ && host.wake_at <= when) {
        return; // it looks again then
    }
    host.wake_at = when;
    events_.plan(when, Kind::wake, host.number, ++host.wake_number);
}

void Cluster::execute(Host& host, core::Action& action) {
    using namespace core::action;
    trace(host, action);
    if (auto* const send = std::get_if<Send>(&action)) {
        const auto peer = static_cast<std::size_t>(std::ranges::find(hosts_, send->to, &Host::id) - hosts_.begin());
        const std::size_t place = pool_.take();
        Flight& flight = pool_[place];
        fill(host, hosts_[peer], host.contacts[peer].next_header(local(host)), flight.packet.header);
        flight.packet.header.kind = wire::PacketKind::heartbeat;
        check_release(host, send->message);
        flight.packet.message = std::move(send->message);
        transmit(host, peer, place);
    } else if (const auto* const serve = std::get_if<Serve>(&action)) {
        host.fence_until = serve->until;
        if (host.held != serve->ballot) { // won and given back in one step: check_lease() has not seen it
            host.held = serve->ballot;
            host.held_until = serve->until;
        }
        submit(host, Task::add_address);
    } else if (const auto* const extended = std::get_if<Extended>(&action)) {
        host.fence_until = extended->until;
        begin_arming(host);
    } else if (const auto* const withdraw = std::get_if<Withdraw>(&action)) {
        host.withdrawn = withdraw->ballot;
        submit(host, Task::remove);
    } else if (const auto* const changed = std::get_if<RoleChanged>(&action)) {
        if (changed->node == host.id && changed->from == core::Role::joining &&
            moment(host).boot >= host.election->acceptor().abstains_until()) {
            host.remembered_lease = host.file.lease; // nothing longer can be promised any more
        }
    } else if (std::holds_alternative<Stopped>(action)) {
        kill(host.number);
    }
}

void Cluster::trace(const Host& host, const core::Action& action) {
    using namespace core::action;
    oracle_.mix(action.index() + 100);
    if (const auto* const serve = std::get_if<Serve>(&action)) {
        oracle_.mix(serve->ballot.term);
        oracle_.say(now_, host.name, "serves by term {} for {} us", serve->ballot.term,
                    (serve->until - local(host)).count() / 1000);
    } else if (std::holds_alternative<Withdraw>(action)) {
        oracle_.say(now_, host.name, "withdraws");
    } else if (const auto* const changed = std::get_if<RoleChanged>(&action); changed && changed->node == host.id) {
        oracle_.say(now_, host.name, "{} -> {}: {}", to_text(changed->from), to_text(changed->to),
                    changed->reason.words.view());
    } else if (const auto* const noticed = std::get_if<Noticed>(&action)) {
        oracle_.say(now_, host.name, "notices {}: {}", noticed->event, noticed->text);
    }
}

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
        host.kernel.put_address(now, address_lifetime(host.file.lease), std::chrono::milliseconds(400));
        host.address_refreshed = now;
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
        begin_arming(host);
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
        } else if (local(host) - host.address_refreshed >= refresh_interval) {
            host.kernel.put_address(local(host), address_lifetime(host.file.lease), std::chrono::milliseconds(400));
            host.address_refreshed = local(host);
            check_serving();
        }
        break;
    case Task::remove:
        removed(host);
        break;
    case Task::close:
    case Task::none:
        break;
    }
    pump(host);
}

void Cluster::begin_arming(Host& host) {
    if (sabotage::is(Break::fence_without_ticket)) {
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

/// A fault that stops the process at a chosen step, for example between computing a timeout and sending it.
bool Cluster::trapped(Host& host) {
    if (host.trap == 0 || --host.trap != 0) {
        return false;
    }
    stop_process(host.number);
    at(now_ + host.trap_span, [this, &host] { continue_process(host.number); });
    return true;
}

} // namespace belay::sim
