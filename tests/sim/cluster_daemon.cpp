// The daemon's loop, as in src/daemon/watchdog.cpp: one event at a time, its actions in order, and waiting for the
// kernel where those wait. Everything here stands still while the process is stopped.

#include "cluster.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>
#include <utility>

namespace belay::sim {

using sabotage::Break;

namespace {

constexpr Duration timer_late_max = std::chrono::microseconds(100);
constexpr Duration least_wait = std::chrono::microseconds(50); // no daemon spins

} // namespace

void Cluster::begin_run(Host& host) {
    host.life = Life::running;
    host.stepped_at = Instant{};
    const core::Setup setup = setup_of(host);
    host.remembered_span = std::max(host.remembered_span, promise_of(host.file));
    host.refreshes = vip::RefreshSchedule(host.file.lease);
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
    open_questions(host);
    pump(host);
}

/// Takes events and does actions until there is nothing to do, or the kernel or a stop is waited for.
void Cluster::pump(Host& host) {
    while (host.runs() && host.life == Life::running && host.task == Task::none) {
        if (host.next_action < host.actions.size()) {
            if (!trapped(host)) {
                execute(host, host.actions[host.next_action++]);
            }
        } else if (!host.questions.ready.empty() && (host.inbox.empty() || random_.chance(500))) {
            take_ready(host);
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
        host.holding = true;
        host.address_added = false;
        if (!serve->after_release) {
            claim_first(host);
        } else {
            host.questions.claim.stop();
        }
        begin_arming(host);
    } else if (const auto* const extended = std::get_if<Extended>(&action)) {
        host.fence_until = extended->until;
        begin_arming(host);
    } else if (const auto* const withdraw = std::get_if<Withdraw>(&action)) {
        host.withdrawn = withdraw->ballot;
        host.holding = false;
        host.questions.claim.stop();
        submit(host, Task::remove);
    } else if (const auto* const changed = std::get_if<RoleChanged>(&action)) {
        if (changed->node == host.id && changed->from == core::Role::joining &&
            moment(host).boot >= host.election->acceptor().abstains_until()) {
            host.remembered_span = promise_of(host.file); // nothing longer can be promised any more
        }
    } else if (const auto* const probe = std::get_if<ProbeVips>(&action)) {
        probe_vips(host, *probe);
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
    } else if (const auto* const probe = std::get_if<ProbeVips>(&action)) {
        oracle_.say(now_, host.name, "{} for the VIPs", probe->on ? "asks" : "does not ask any more");
    } else if (const auto* const noticed = std::get_if<Noticed>(&action)) {
        oracle_.say(now_, host.name, "notices {}: {}", noticed->event, noticed->text);
    }
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
