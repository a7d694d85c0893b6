#include "world.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <utility>

namespace belay::sim {

namespace {

constexpr Duration kernel_time = std::chrono::microseconds(200); // until the kernel acknowledges a removal

} // namespace

World::World(core::Parameters parameters, std::map<std::string, NodeOptions> nodes, bool upstream)
    : parameters_(parameters)
    , upstream_(upstream) {
    std::int64_t number = 0;
    for (const auto& [name, options] : nodes) {
        Host fresh;
        fresh.name = name;
        fresh.options = options;
        fresh.clock_ahead = std::chrono::seconds(1000 * ++number); // no two hosts agree on the time
        hosts_.emplace(name, std::move(fresh));
    }
    for (const auto& [from, _] : nodes) {
        for (const auto& [to, __] : nodes) {
            links_[{from, to}] = Link{};
        }
    }
}

World::Host& World::host(const std::string& name) {
    return hosts_.at(name);
}

const World::Host& World::host(const std::string& name) const {
    return hosts_.at(name);
}

Link& World::link(const std::string& from, const std::string& to) {
    return links_.at({from, to});
}

void World::set_digest(const std::string& node, std::uint64_t digest) {
    host(node).digest = digest;
}

void World::set_priority(const std::string& node, std::int32_t priority) {
    host(node).options.priority = priority;
}

const core::Election* World::election(const std::string& node) const {
    return host(node).election.get();
}

core::Setup World::setup_of(const Host& host) const {
    core::Setup setup;
    setup.self = node_id(host.name);
    setup.incarnation = host.incarnation;
    for (const auto& [name, other] : hosts_) {
        setup.nodes.push_back({.id = node_id(name), .name = name, .witness = other.options.witness});
    }
    setup.parameters = parameters_;
    setup.upstream = upstream_;
    setup.parameters.priority = host.options.priority;
    setup.started_unix_ns = now_.count();
    setup.config_digest = host.digest;
    setup.abstention = promise_span(parameters_);
    setup.seed = setup.self.value + host.run;
    return setup;
}

void World::start(const std::string& node) {
    Host& starting = host(node);
    assert(!starting.up);
    starting.vips_up = false; // left-overs go before anything else (DESIGN section 4, "Start")
    starting.up = true;
    ++starting.run;
    starting.incarnation = {.boot_id = {starting.boot, static_cast<std::uint8_t>(starting.name.front())},
                            .netns_cookie = node_id(node).value,
                            .started_ns = local(starting).time_since_epoch().count(),
                            .nonce = starting.run};
    starting.contacts.clear();
    for (const auto& [name, other] : hosts_) {
        if (name != node) {
            starting.contacts.try_emplace(
                name, wire::ContactSetup{.own = starting.incarnation,
                                         .heartbeat_interval = parameters_.heartbeat_interval,
                                         .lease = parameters_.lease,
                                         .nonces = [this] {
                                             wire::Nonce nonce;
                                             ++nonce_;
                                             for (std::size_t byte = 0; byte < 8; ++byte) {
                                                 nonce.bytes[byte] = static_cast<std::uint8_t>(nonce_ >> (8 * byte));
                                             }
                                             return nonce;
                                         }});
        }
    }
    starting.election = std::make_unique<core::Election>(setup_of(starting), local(starting));
    step(starting, core::ServiceChanged{.condition = {.good = true, .detail = "healthy"}});
    step(starting, core::LinksChanged{.condition = {.good = true, .detail = "up"}});
    starting.probing = 0;
    if (upstream_) {
        ask_gateway(starting, starting.run);
    }
}

/// Each heartbeat interval, for as long as this run lives. An answer takes the way of a packet there and back.
void World::ask_gateway(Host& host, std::uint64_t run) {
    if (!host.up || host.run != run) {
        return;
    }
    const core::UpstreamChecked checked{.reachable = host.gateway, .asked_at = local(host)};
    at(now_ + (2 * Link{}.delay), [this, &host, run, checked] {
        if (host.run == run) {
            step(host, checked);
        }
    });
    at(now_ + parameters_.heartbeat_interval, [this, &host, run] { ask_gateway(host, run); });
}

/// A kernel answers for a VIP that it has while the fence is open.
bool World::answers_probes(const Host& host) const {
    return host.segment && host.vips_up && local(host) < host.serves_until;
}

void World::probe_vips(Host& host, std::uint64_t series) {
    if (!host.up || host.probing != series) {
        return;
    }
    core::VipProbed probed{.asked_at = local(host), .outcome = core::ProbeOutcome::unanswered};
    for (auto& [name, other] : hosts_) {
        if (name == host.name || !host.segment || !other.segment) {
            continue;
        }
        if (answers_probes(other)) {
            probed.outcome = core::ProbeOutcome::answered;
        }
        if (other.up && other.probing != 0) { // it hears that somebody asks
            at(now_ + Link{}.delay, [this, &hearing = other] {
                step(hearing, core::VipProbed{.asked_at = local(hearing), .outcome = core::ProbeOutcome::rival});
            });
        }
    }
    const bool answered = probed.outcome == core::ProbeOutcome::answered;
    at(now_ + (answered ? 2 * Link{}.delay : host.probe_interval), [this, &host, series, probed] {
        if (host.probing == series) {
            step(host, probed);
        }
    });
    at(now_ + host.probe_interval, [this, &host, series] { probe_vips(host, series); });
}

void World::set_gateway(const std::string& node, bool reachable) {
    host(node).gateway = reachable;
}

void World::set_segment(const std::string& node, bool reachable) {
    host(node).segment = reachable;
}

void World::crash(const std::string& node) {
    Host& crashing = host(node);
    crashing.up = false;
    crashing.election.reset();
    say(node, "crashes");
}

void World::reboot(const std::string& node) {
    crash(node);
    Host& rebooted = host(node);
    ++rebooted.boot;
    rebooted.vips_up = false;
}

void World::feed(const std::string& node, const core::Event& event) {
    step(host(node), event);
}

void World::at(WorldTime when, std::function<void()> happen) {
    events_.push(Event{.at = when, .order = ++order_, .happen = std::move(happen)});
}

void World::step(Host& host, const core::Event& event) {
    if (!host.up) {
        return;
    }
    const Moment moment{.boot = local(host), .unix_time = wall_clocks_ ? now_ : Duration::zero()};
    for (const core::Action& action : host.election->step(moment, event)) {
        execute(host, action);
    }
    check();
    if (host.up) {
        plan_wake(host);
    }
}

void World::plan_wake(Host& host) {
    const Instant deadline = std::max(host.election->next_deadline(), local(host));
    if (deadline == Instant::max()) {
        return;
    }
    const std::uint64_t number = ++host.wake_number;
    at(deadline.time_since_epoch() - host.clock_ahead, [this, &host, number] {
        if (host.up && host.wake_number == number) {
            step(host, core::Tick{});
        }
    });
}

void World::execute(Host& host, const core::Action& action) {
    using namespace core::action;
    if (const auto* send = std::get_if<Send>(&action)) {
        const auto receiver =
            std::ranges::find_if(hosts_, [send](const auto& entry) { return node_id(entry.first) == send->to; });
        wire::Packet packet;
        const wire::Outgoing header = host.contacts.at(receiver->first).next_header(local(host));
        packet.header.echo = header.echo;
        packet.header.nonce_echo = header.nonce_echo;
        packet.header.challenge = header.challenge;
        packet.header.sequence = header.sequence;
        packet.message = send->message;
        transmit(host, receiver->first, std::move(packet));
    } else if (const auto* serve = std::get_if<Serve>(&action)) {
        host.vips_up = true;
        host.serves_until = serve->until;
        const auto [winner, first] = winners_.try_emplace(serve->ballot.term, serve->ballot);
        if (!first && winner->second != serve->ballot) {
            ++violations_;
            say(host.name, fmt::format("VIOLATION: term {} was won twice", serve->ballot.term));
        }
        say(host.name, fmt::format("serves by term {}{}", serve->ballot.term,
                                   serve->after_release ? ", right after a release" : ""));
    } else if (const auto* extended = std::get_if<Extended>(&action)) {
        host.serves_until = extended->until;
    } else if (const auto* withdraw = std::get_if<Withdraw>(&action)) {
        host.vips_up = false;
        say(host.name, "withdraws");
        at(now_ + kernel_time, [this, &host, ballot = withdraw->ballot] {
            step(host, core::Withdrawn{.ballot = ballot, .acknowledged = true});
        });
    } else if (const auto* changed = std::get_if<RoleChanged>(&action)) {
        if (changed->node == node_id(host.name)) {
            say(host.name, fmt::format("{} -> {} ({}: {})", to_text(changed->from), to_text(changed->to),
                                       to_text(changed->reason.why), changed->reason.words.view()));
        }
    } else if (const auto* reply = std::get_if<Reply>(&action)) {
        say(host.name, fmt::format("answers the operator: {}: {}", reply->accepted ? "done" : "refused", reply->text));
    } else if (const auto* noticed = std::get_if<Noticed>(&action)) {
        say(host.name, fmt::format("notices {}: {}", noticed->event, noticed->text));
    } else if (const auto* probe = std::get_if<ProbeVips>(&action)) {
        host.probe_interval = probe->interval;
        host.probing = probe->on ? ++order_ : 0;
        if (probe->on) {
            at(now_, [this, &host, series = host.probing] { probe_vips(host, series); });
        }
    } else if (std::holds_alternative<Stopped>(action)) {
        host.up = false;
        say(host.name, "has stopped");
    }
}

void World::transmit(Host& from, const std::string& to, wire::Packet packet) {
    packet.header.sender = node_id(from.name);
    packet.header.incarnation = from.incarnation;
    packet.header.receiver = node_id(to);
    packet.header.sent_at = local(from);
    const Datagram datagram{.from = from.name, .packet = std::move(packet)};
    if (const auto kept = records_.find({from.name, to}); kept != records_.end()) {
        kept->second.push_back(datagram);
    }
    const Link& path = link(from.name, to);
    if (path.cut) {
        return;
    }
    const auto& answer = datagram.packet.message.answer;
    const bool vote = answer && answer->to == core::RequestKind::vote;
    at(now_ + path.delay + (vote ? path.vote_delay : Duration::zero()),
       [this, to, datagram] { deliver(to, datagram); });
}

bool World::deliver(const std::string& to, const Datagram& datagram) {
    Host& receiver = host(to);
    if (!receiver.up) {
        return false;
    }
    const wire::Decision decision =
        receiver.contacts.at(datagram.from).receive(local(receiver), datagram.packet.header);
    if (decision.rival_seen) {
        say(to, fmt::format("sees another daemon that claims to be {}", datagram.from));
    }
    if (decision.reply) {
        wire::Packet packet;
        packet.header.kind = wire::PacketKind::challenge;
        packet.header.echo = decision.reply->echo;
        packet.header.nonce_echo = decision.reply->nonce_echo;
        packet.header.challenge = decision.reply->challenge;
        packet.header.sequence = decision.reply->sequence;
        transmit(receiver, datagram.from, std::move(packet));
    }
    if (!decision.accepted()) {
        return false;
    }
    if (datagram.packet.header.kind == wire::PacketKind::challenge) {
        if (decision.established_now) {
            step(receiver,
                 core::Proved{.peer = node_id(datagram.from), .incarnation = datagram.packet.header.incarnation});
        }
    } else {
        step(receiver, core::Heard{.from = node_id(datagram.from),
                                   .incarnation = datagram.packet.header.incarnation,
                                   .message = datagram.packet.message,
                                   .heard_at = local(receiver),
                                   .newest = decision.newest});
    }
    return true;
}

void World::record(const std::string& from, const std::string& to) {
    records_[{from, to}].clear();
}

std::size_t World::replay(const std::string& from, const std::string& to) {
    const std::vector<Datagram> kept = records_.at({from, to});
    return static_cast<std::size_t>(
        std::ranges::count_if(kept, [this, &to](const Datagram& datagram) { return deliver(to, datagram); }));
}

void World::bind_to_failed_candidate(const std::string& node, const std::string& candidate, core::Term term) {
    Host& bound = host(node);
    const Host& failed = host(candidate);
    core::Message message;
    message.config_digest = bound.digest;
    message.request = {.kind = core::RequestKind::vote,
                       .ballot = {.term = term, .node = node_id(candidate), .incarnation = failed.incarnation},
                       .composed_at = local(failed)};
    step(bound, core::Heard{.from = node_id(candidate),
                            .incarnation = failed.incarnation,
                            .message = message,
                            .heard_at = local(bound),
                            .newest = false});
}

void World::run_for(Duration span) {
    const WorldTime end = now_ + span;
    while (!events_.empty() && events_.top().at <= end) {
        const Event event = events_.top();
        events_.pop();
        now_ = std::max(now_, event.at);
        event.happen();
    }
    now_ = end;
    check();
}

std::vector<std::string> World::serving() const {
    std::vector<std::string> names;
    for (const auto& [name, candidate] : hosts_) {
        if (candidate.vips_up && local(candidate) < candidate.serves_until) {
            names.push_back(name);
        }
    }
    return names;
}

void World::check() {
    const std::vector<std::string> names = serving();
    const std::string found = names.size() > 1 ? fmt::format("{}", fmt::join(names, " and ")) : "";
    if (!found.empty() && found != last_violation_) {
        ++violations_;
        say(names.front(), fmt::format("VIOLATION of G1: {} serve", found));
    }
    last_violation_ = found;
}

void World::say(const std::string& node, const std::string& text) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now_).count();
    transcript_.push_back(fmt::format("{:>4}.{:03} {:<8} {}", ms / 1000, ms % 1000, node, text));
}

std::vector<std::string> World::take_transcript() {
    return std::exchange(transcript_, {});
}

} // namespace belay::sim
