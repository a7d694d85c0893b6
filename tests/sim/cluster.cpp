// Time, and what is done to hosts.

#include "cluster.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>
#include <cassert>

namespace belay::sim {

namespace {

constexpr Duration unix_beginning = std::chrono::seconds(1'800'000'000);

/// A boot takes longer than any lease of these runs: what the runtime directory would have told is over by then.
constexpr Duration reboot_least = std::chrono::seconds(4);

std::int64_t some_rate(const Layout& layout, Random& random) {
    const auto most = static_cast<std::uint64_t>(layout.rate_ppm_max);
    if (layout.rates_at_limit) {
        return random.chance(500) ? layout.rate_ppm_max : -layout.rate_ppm_max;
    }
    return static_cast<std::int64_t>(random.below((2 * most) + 1)) - layout.rate_ppm_max;
}

} // namespace

Cluster::Cluster(const Layout& layout, std::uint64_t seed, std::size_t lines_kept)
    : layout_(layout)
    , random_(seed)
    , oracle_(lines_kept)
    , links_(layout.node_count * layout.node_count) {
    hosts_.reserve(layout.node_count);
    for (std::size_t number = 0; number < layout.node_count; ++number) {
        const Instant beginning(std::chrono::seconds(1000 * (number + 1))); // no two hosts agree on the time
        const Duration phase = random_.between(Duration::zero(), layout.jiffy - Duration(1));
        Host& host = hosts_.emplace_back(HostClock(beginning, some_rate(layout, random_)),
                                         Kernel(layout.jiffy, phase, layout.fence == Fence::nftables));
        host.number = static_cast<std::uint8_t>(number);
        host.name = std::string(1, static_cast<char>('a' + number));
        host.id = node_id(host.name);
        host.witness = number >= layout.node_count - layout.witness_count;
        host.wall_ahead = unix_beginning + random_.between(Duration::zero(), std::chrono::milliseconds(20));
        host.file = layout.file;
    }
}

void Cluster::run_until(WorldTime end) {
    while (events_.due(end)) {
        const Planned event = events_.take();
        now_ = std::max(now_, event.at);
        happen(event);
    }
    now_ = std::max(now_, end);
}

void Cluster::happen(const Planned& event) {
    oracle_.mix(static_cast<std::uint64_t>(event.at.count()));
    oracle_.mix((std::uint64_t{event.host} << 8U) | static_cast<std::uint64_t>(event.kind));
    if (event.kind == Kind::call) {
        events_.take_call(event.number)();
        return;
    }
    if (event.kind == Kind::packet) {
        arrive(event.number);
        return;
    }
    Host& host = hosts_[event.host];
    if (event.kind == Kind::frame) {
        frame_arrives(host, static_cast<Frame>(event.number % frames_apart), event.number / frames_apart);
    } else if (host.frozen) {
        events_.plan(host.frozen_until, event.kind, event.host, event.number); // nothing happens on that host
    } else if (event.kind == Kind::wake && event.number == host.wake_number) {
        host.wake_at = WorldTime::max();
        pump(host);
    } else if (event.kind == Kind::commit && event.number == host.commit_number) {
        commit(host);
    } else if (event.kind == Kind::think && event.number == host.think_number && host.task == Task::think) {
        host.task_ready = true;
        go_on(host);
    } else if (event.kind == Kind::timer) {
        timer_fires(host, event.number);
    }
}

Moment Cluster::moment(Host& host) const {
    const Duration wall = now_ + host.wall_ahead;
    if (sabotage::is(sabotage::Break::wall_clock_promise)) {
        // Its whole idea of time is the wall clock; that a step never goes back is all that is kept of a clock.
        return {.boot = std::max(Instant(wall), host.stepped_at), .unix_time = wall};
    }
    return {.boot = local(host), .unix_time = wall};
}

/// As src/daemon/core_setup.cpp makes them.
core::Parameters Cluster::parameters_of(const FileSettings& file) const {
    core::Parameters parameters;
    parameters.lease = file.lease;
    parameters.heartbeat_interval = file.heartbeat_interval;
    parameters.priority = file.priority;
    if (layout_.fence == Fence::address && !sabotage::is(sabotage::Break::short_promise)) {
        parameters.promise = vip::address_promise(file.lease, parameters.clock_drift_ppm);
    }
    if (sabotage::is(sabotage::Break::drift_ignored)) {
        parameters.clock_drift_ppm = 0;
    }
    if (sabotage::is(sabotage::Break::slack_ignored)) {
        parameters.fence_slack = Duration::zero();
    }
    return parameters;
}

Duration Cluster::promise_of(const FileSettings& file) const {
    return core::promise_span(parameters_of(file));
}

core::Setup Cluster::setup_of(const Host& host) const {
    core::Setup setup;
    setup.self = host.id;
    setup.incarnation = host.incarnation;
    for (const Host& node : hosts_) {
        setup.nodes.push_back({.id = node.id, .name = node.name, .witness = node.witness});
    }
    setup.parameters = parameters_of(host.file);
    setup.upstream = layout_.upstream;
    setup.started_unix_ns = (now_ + host.wall_ahead).count();
    setup.config_digest = host.file.digest;
    const Duration own = promise_of(host.file);
    setup.abstention = sabotage::is(sabotage::Break::lease_forgotten) ? own : std::max(host.remembered_span, own);
    setup.seed = host.incarnation.nonce;
    return setup;
}

/// The lock of one daemon per host: a start waits until the last batch of a killed one is through.
void Cluster::start(std::size_t number) {
    Host& host = hosts_[number];
    if (host.life != Life::off) {
        return;
    }
    if (host.kept_off) {
        return;
    }
    if (host.frozen || host.commit_running || now_ < host.off_until) {
        at(now_ + std::chrono::milliseconds(5), [this, number] { start(number); });
        return;
    }
    host.life = Life::starting;
    ++host.run;
    host.started = local(host);
    host.incarnation = {.boot_id = {static_cast<std::uint8_t>(host.boot), static_cast<std::uint8_t>(host.boot >> 8U),
                                    static_cast<std::uint8_t>(number + 1)},
                        .netns_cookie = number + 1,
                        .started_ns = host.started.time_since_epoch().count(),
                        .nonce = random_.next() | 1U};
    oracle_.say(now_, host.name, "starts");
    submit(host, Task::clean_up);
}

void Cluster::kill(std::size_t number) {
    Host& host = hosts_[number];
    if (host.life == Life::off) {
        return;
    }
    oracle_.say(now_, host.name, "is killed");
    host.life = Life::off;
    host.stopped = false;
    host.trap = 0;
    host.task = Task::none;
    host.election.reset();
    host.contacts.clear();
    host.inbox.clear();
    host.actions.clear();
    host.next_action = 0;
    for (const Waiting& packet : host.socket) {
        pool_.give_back(packet.flight);
    }
    host.socket.clear();
    host.holding = false;
    host.questions = Questions{};
    for (std::uint64_t& setting : host.timer_numbers) {
        ++setting;
    }
    host.wake_at = WorldTime{};
    ++host.wake_number;
    ++host.think_number;
}

void Cluster::reboot(std::size_t number) {
    kill(number);
    Host& host = hosts_[number];
    oracle_.say(now_, host.name, "loses its power");
    host.kernel.remove_address();
    host.kernel.close();
    host.commit_running = false;
    ++host.commit_number;
    host.remembered_span = Duration::zero();
    host.off_until = now_ + reboot_least;
    ++host.boot;
}

void Cluster::stop_process(std::size_t number) {
    Host& host = hosts_[number];
    if (host.life != Life::off && !host.stopped) {
        oracle_.say(now_, host.name, "is stopped (SIGSTOP)");
        host.stopped = true;
        host.stopped_at = now_;
    }
}

void Cluster::continue_process(std::size_t number) {
    Host& host = hosts_[number];
    if (!host.stopped) {
        return;
    }
    oracle_.say(now_, host.name, "goes on (SIGCONT)");
    host.stopped = false;
    if (host.frozen) {
        return;
    }
    // A holder looks at its lease before it reads what came meanwhile; the others read first (DESIGN section 6).
    if (host.life == Life::running && host.election->lease() && host.task == Task::none) {
        step(host, core::Tick{});
    }
    drain(host);
    go_on(host);
    pump(host);
}

/// What a virtual machine's pause is: no part of the host runs, and its clocks stand still.
void Cluster::freeze(std::size_t number, Duration span) {
    Host& host = hosts_[number];
    if (host.frozen) {
        return;
    }
    oracle_.say(now_, host.name, "the whole host pauses");
    host.clock.freeze(now_);
    host.frozen = true;
    host.frozen_until = now_ + span;
    at(host.frozen_until, [this, &host] {
        host.clock.thaw(now_);
        host.frozen = false;
        host.tainted_until = now_ + host.file.lease + (host.file.lease / 50) + (2 * layout_.jiffy);
        oracle_.say(now_, host.name, "the whole host goes on");
        go_on(host);
        pump(host);
    });
}

void Cluster::set_rate(std::size_t number, std::int64_t rate_ppm) {
    hosts_[number].clock.set_rate(now_, rate_ppm);
}

void Cluster::set_wall(std::size_t number, Duration ahead) {
    Host& host = hosts_[number];
    oracle_.say(now_, host.name, "its wall clock is set by {} s", (ahead - host.wall_ahead).count() / 1'000'000'000);
    host.wall_ahead = ahead;
    host.wall_set_at = now_;
}

void Cluster::feed(std::size_t number, core::Event event) {
    Host& host = hosts_[number];
    if (host.life != Life::running) {
        return;
    }
    host.inbox.push_back(std::move(event));
    pump(host);
}

std::size_t Cluster::serving() const {
    const auto found = std::ranges::find_if(
        hosts_, [this](const Host& host) { return !host.frozen && host.kernel.serves(local(host)); });
    return static_cast<std::size_t>(found - hosts_.begin());
}

} // namespace belay::sim
