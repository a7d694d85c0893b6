#include "chaos.hpp"

#include <algorithm>
#include <utility>

namespace belay::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

Chaos::Chaos(Cluster& cluster, Plan plan)
    : cluster_(cluster)
    , plan_(std::move(plan)) {}

void Chaos::begin() {
    active_ = true;
    ++round_;
    again();
}

void Chaos::again() {
    if (plan_.faults.empty()) {
        return;
    }
    cluster_.at(cluster_.now() + cluster_.random().between(milliseconds(1), 2 * plan_.fault_every),
                [this, round = round_] {
                    if (active_ && round == round_) {
                        strike(plan_.faults[cluster_.random().below(plan_.faults.size())]);
                        again();
                    }
                });
}

void Chaos::later(Duration after, std::function<void()> repair) {
    cluster_.at(cluster_.now() + after, [this, round = round_, repair = std::move(repair)] {
        if (active_ && round == round_) {
            repair();
        }
    });
}

std::size_t Chaos::target() {
    const std::size_t active = cluster_.serving();
    const std::size_t count = cluster_.hosts().size();
    return active < count && cluster_.random().chance(500) ? active : cluster_.random().below(count);
}

/// Short ones and long ones alike: the length of each order of magnitude is as likely.
Duration Chaos::span(Duration most) {
    const auto halvings = cluster_.random().below(9);
    return cluster_.random().between(milliseconds(1), most / (1LL << halvings));
}

void Chaos::strike(Fault fault) {
    const std::size_t victim = target();
    if (fault >= Fault::gateway) {
        strike_pair(fault, victim);
    } else if (fault <= Fault::replay) {
        strike_network(fault, victim);
    } else if (fault <= Fault::reboot || fault >= Fault::wall_clock) {
        strike_process(fault, victim);
    } else {
        strike_operator(fault, victim);
    }
}

void Chaos::cut(std::size_t from, std::size_t to) {
    cluster_.link(from, to).cut = true;
}

void Chaos::strike_network(Fault fault, std::size_t victim) {
    Random& random = cluster_.random();
    Oracle& oracle = cluster_.oracle();
    const std::size_t count = cluster_.hosts().size();
    if (fault == Fault::replay) {
        oracle.say(cluster_.now(), "network", "recorded packets come again");
        cluster_.replay(1 + random.below(40));
        return;
    }
    oracle.say(cluster_.now(), "network", "fault {} around {}", static_cast<int>(fault), cluster_.hosts()[victim].name);
    const std::uint64_t sides = random.next();
    const std::uint64_t loss = 20 + random.below(580);
    const Duration delay = random.between(milliseconds(1), milliseconds(random.chance(300) ? 2000 : 120));
    const bool everywhere = random.chance(300);
    for (std::size_t from = 0; from < count; ++from) {
        for (std::size_t to = 0; to < count; ++to) {
            const bool touched = everywhere || from == victim || to == victim;
            if (fault == Fault::partition && (((sides >> from) ^ (sides >> to)) & 1U) != 0) {
                cut(from, to);
            } else if (fault == Fault::isolate && (from == victim || to == victim)) {
                cut(from, to);
            } else if (fault == Fault::one_way && random.chance(touched ? 400 : 100)) {
                cut(from, to);
            } else if (fault == Fault::loss && touched) {
                cluster_.link(from, to).loss_permille = loss;
            } else if (fault == Fault::slow_network && touched) {
                cluster_.link(from, to).delay_more = delay;
            }
        }
    }
    later(span(seconds(6)), [this] { cluster_.heal(); });
}

void Chaos::strike_process(Fault fault, std::size_t victim) {
    Random& random = cluster_.random();
    Host& host = cluster_.hosts()[victim];
    switch (fault) {
    case Fault::pause:
        cluster_.stop_process(victim);
        later(span(seconds(5)), [this, victim] { cluster_.continue_process(victim); });
        break;
    case Fault::pause_in_act:
        host.trap = 1 + static_cast<unsigned>(random.below(12));
        host.trap_span = span(seconds(2));
        break;
    case Fault::freeze:
        cluster_.freeze(victim, span(seconds(4)));
        break;
    case Fault::kill:
        cluster_.kill(victim);
        later(span(seconds(4)), [this, victim] { cluster_.start(victim); });
        break;
    case Fault::reboot: // it takes longer than any lease: what the runtime directory held is over by then
        cluster_.reboot(victim);
        later(seconds(4) + span(seconds(10)), [this, victim] { cluster_.start(victim); });
        break;
    case Fault::wall_clock:
        cluster_.set_wall(victim, host.wall_ahead + (random.chance(500) ? 1 : -1) * span(seconds(100)));
        break;
    case Fault::drift: {
        const std::int64_t most = cluster_.layout().rate_ppm_max;
        cluster_.set_rate(victim, static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * most))) - most);
        break;
    }
    case Fault::slow_kernel:
        host.kernel_slow = span(seconds(1));
        later(span(seconds(10)), [&host] { host.kernel_slow = Duration::zero(); });
        break;
    case Fault::removal_fails:
        host.removal_fails = true;
        later(span(seconds(5)), [&host] { host.removal_fails = false; });
        break;
    default:
        break;
    }
}

void Chaos::strike_pair(Fault fault, std::size_t victim) {
    Random& random = cluster_.random();
    Segment& segment = cluster_.segment();
    Host& host = cluster_.hosts()[victim];
    if (fault == Fault::operator_fences) {
        if (cluster_.hosts().size() == 2) {
            fence_by_hand(victim);
        }
        return;
    }
    cluster_.oracle().say(cluster_.now(), "segment", "fault {} around {}", static_cast<int>(fault), host.name);
    if (fault == Fault::gateway) {
        segment.gateway_up = false;
        later(span(seconds(6)), [&segment] { segment.gateway_up = true; });
    } else if (fault == Fault::segment) {
        host.on_segment = false;
        const bool one_cable = random.chance(500);
        for (std::size_t other = 0; one_cable && other < cluster_.hosts().size(); ++other) {
            cut(victim, other);
            cut(other, victim);
        }
        later(span(seconds(6)), [&host] { host.on_segment = true; });
    } else {
        // The silence of ten questions is no chance: what loses more than this is no Ethernet.
        segment.loss_permille = random.below(50);
        segment.delay_most = random.between(milliseconds(1), milliseconds(30));
        later(span(seconds(10)), [&segment] { segment = Segment{.gateway_up = segment.gateway_up}; });
    }
}

/// Power off, then the word of it, said again while the daemon asked refuses it. With a gateway the host stays off
/// until the faults end: switched on where it cannot reach the other one it would make the word untrue.
void Chaos::fence_by_hand(std::size_t fenced) {
    Host& off = cluster_.hosts()[fenced];
    cluster_.reboot(fenced);
    off.kept_off = true;
    vouch(fenced, 5);
    if (!cluster_.layout().upstream) {
        later(seconds(3) + span(seconds(10)), [this, fenced, &off] {
            off.kept_off = false;
            cluster_.start(fenced);
        });
    }
}

void Chaos::vouch(std::size_t fenced, int words) {
    later(span(seconds(1)), [this, fenced, words] {
        const Host& off = cluster_.hosts()[fenced];
        if (off.kept_off && words > 0) {
            cluster_.feed(1 - fenced, core::FencedByOperator{.node = off.id});
            vouch(fenced, words - 1);
        }
    });
}

void Chaos::set_condition(std::size_t victim, bool good, bool service) {
    Host& host = cluster_.hosts()[victim];
    const core::Condition condition{.good = good, .detail = good ? "well" : "broken by the simulator"};
    if (service) {
        host.service_good = good;
        cluster_.feed(victim, core::ServiceChanged{.condition = condition});
    } else {
        host.links_good = good;
        cluster_.feed(victim, core::LinksChanged{.condition = condition});
    }
}

void Chaos::strike_operator(Fault fault, std::size_t victim) {
    Random& random = cluster_.random();
    switch (fault) {
    case Fault::service:
    case Fault::links: {
        const bool service = fault == Fault::service;
        set_condition(victim, false, service);
        later(span(seconds(5)), [this, victim, service] { set_condition(victim, true, service); });
        break;
    }
    case Fault::switchover: {
        const std::size_t active = cluster_.serving();
        const NodeId to = cluster_.hosts()[random.below(cluster_.hosts().size())].id;
        if (active < cluster_.hosts().size()) {
            cluster_.feed(active, core::SwitchoverAsked{.to = random.chance(500) ? std::optional(to) : std::nullopt});
        }
        break;
    }
    case Fault::maintenance:
        cluster_.feed(victim, core::MaintenanceChanged{.maintenance = {.on = true, .until = std::nullopt}});
        later(span(seconds(5)), [this, victim] { cluster_.feed(victim, core::MaintenanceChanged{}); });
        break;
    case Fault::stop:
        cluster_.feed(victim, core::StopAsked{});
        later(span(seconds(3)), [this, victim] { cluster_.start(victim); });
        break;
    case Fault::reconfigure:
        reconfigure();
        break;
    default:
        break;
    }
}

/// Another lease for some or all hosts, which restart with it about together, as careless operators do it.
void Chaos::reconfigure() {
    Random& random = cluster_.random();
    constexpr std::array<Duration, 4> leases{milliseconds(300), milliseconds(500), seconds(1), seconds(3)};
    const Duration lease = leases[random.below(leases.size())];
    const std::size_t left_out = random.chance(600) ? target() : cluster_.hosts().size();
    for (Host& host : cluster_.hosts()) {
        if (host.number == left_out) {
            continue;
        }
        host.file.lease = lease;
        host.file.heartbeat_interval = lease / 5;
        host.file.digest = static_cast<std::uint64_t>(lease.count());
        if (random.chance(500)) {
            cluster_.kill(host.number);
        } else {
            cluster_.feed(host.number, core::StopAsked{});
        }
        later(random.between(milliseconds(1), milliseconds(300)),
              [this, number = host.number] { cluster_.start(number); });
    }
}

void Chaos::end() {
    active_ = false;
    cluster_.heal();
    const FileSettings file = cluster_.layout().file;
    for (Host& host : cluster_.hosts()) {
        host.kernel_slow = Duration::zero();
        host.removal_fails = false;
        host.trap = 0;
        host.kept_off = false;
        cluster_.continue_process(host.number);
        const bool other =
            host.life != Life::off && host.election && host.election->setup().config_digest != file.digest;
        host.file = file;
        if (other) {
            cluster_.kill(host.number);
        }
        host.service_good = true;
        host.links_good = true;
        cluster_.feed(host.number, core::MaintenanceChanged{});
        set_condition(host.number, true, true);
        set_condition(host.number, true, false);
        cluster_.start(host.number);
        // One that was told to stop while it hung ends only now; whoever told it starts it again.
        cluster_.at(cluster_.now() + std::chrono::seconds(1), [this, number = host.number] { cluster_.start(number); });
    }
}

} // namespace belay::sim
