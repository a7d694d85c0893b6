// Packets: from the core of one host through the network and the receiver's gates (wire::Contact) to its core. The MAC
// and the layout of the bytes have tests of their own; here a packet is a value that nobody forges.

#include "cluster.hpp"

#include "belay/core/sabotage.hpp"

#include <algorithm>

namespace belay::sim {

namespace {

constexpr std::size_t socket_size_max = 256; // packets that the kernel keeps for a stopped daemon
constexpr std::size_t records_max = 96;

} // namespace

void Cluster::fill(const Host& from, const Host& to, const wire::Outgoing& outgoing, wire::Header& header) const {
    header.sender = from.id;
    header.incarnation = from.incarnation;
    header.receiver = to.id;
    header.echo = outgoing.echo;
    header.sequence = outgoing.sequence;
    header.challenge = outgoing.challenge;
    header.nonce_echo = outgoing.nonce_echo;
    header.sent_at = local(from);
}

void Cluster::transmit(Host& from, std::size_t to, std::size_t place) {
    Flight& flight = pool_[place];
    flight.from = from.number;
    flight.to = static_cast<std::uint8_t>(to);
    record(flight);
    const Link& path = link(from.number, to);
    if (path.cut || random_.chance(path.loss_permille)) {
        pool_.give_back(place);
        return;
    }
    if (random_.chance(layout_.double_permille)) {
        const std::size_t copy = pool_.take();
        pool_[copy] = pool_[place];
        fly(copy);
    }
    fly(place);
}

void Cluster::fly(std::size_t place) {
    const Flight& flight = pool_[place];
    const Link& path = link(flight.from, flight.to);
    Duration delay = random_.between(layout_.delay_least, layout_.delay_most);
    if (path.delay_more > Duration::zero()) {
        delay += random_.between(Duration::zero(), path.delay_more);
    }
    if (random_.chance(layout_.late_permille)) {
        delay += random_.between(Duration::zero(), layout_.late_most);
    }
    events_.plan(now_ + delay, Kind::packet, flight.to, place);
}

/// One in a few is kept, each in a place by chance, so that old ones and new ones stand side by side.
void Cluster::record(const Flight& flight) {
    if (records_.size() < records_max) {
        records_.push_back(flight);
    } else if (random_.chance(60)) {
        records_[random_.below(records_max)] = flight;
    }
}

void Cluster::replay(std::size_t count) {
    for (std::size_t sent = 0; sent < count && !records_.empty(); ++sent) {
        const std::size_t place = pool_.take();
        pool_[place] = records_[random_.below(records_.size())];
        events_.plan(now_ + random_.between(Duration(1), std::chrono::milliseconds(20)), Kind::packet, pool_[place].to,
                     place);
    }
}

void Cluster::heal() {
    std::ranges::fill(links_, Link{});
    segment_ = Segment{};
    for (Host& host : hosts_) {
        host.on_segment = true;
    }
}

void Cluster::arrive(std::size_t place) {
    Host& host = hosts_[pool_[place].to];
    if (host.life != Life::running || host.frozen || (host.stopped && host.socket.size() >= socket_size_max)) {
        pool_.give_back(place);
    } else if (host.stopped) {
        host.socket.push_back({.flight = place, .arrived = now_});
    } else {
        receive(host, place, now_);
        pump(host);
    }
}

/// The heartbeat thread reads its socket after the process was stopped.
void Cluster::drain(Host& host) {
    while (host.life == Life::running && !host.socket.empty()) {
        const Waiting next = host.socket.front();
        host.socket.pop_front();
        receive(host, next.flight, next.arrived);
    }
}

void Cluster::receive(Host& host, std::size_t place, WorldTime arrived) {
    Flight& flight = pool_[place];
    Host& sender = hosts_[flight.from];
    const wire::Decision decision = host.contacts[flight.from].receive(local(host), flight.packet.header);
    if (decision.reply) {
        const std::size_t answer = pool_.take();
        fill(host, sender, *decision.reply, pool_[answer].packet.header);
        pool_[answer].packet.header.kind = wire::PacketKind::challenge;
        transmit(host, flight.from, answer);
    }
    if (decision.accepted() && flight.packet.header.kind == wire::PacketKind::challenge) {
        if (decision.established_now) {
            host.inbox.emplace_back(core::Proved{.peer = sender.id, .incarnation = flight.packet.header.incarnation});
        }
    } else if (decision.accepted()) {
        check_digest(host, flight.packet);
        // The stamp is wall-clock time, clamped to what can be true (heartbeat/arrival_time.hpp).
        const WorldTime stamp =
            host.wall_set_at > arrived ? random_.between(std::min(host.stopped_at, arrived), now_) : arrived;
        const Instant heard_at = sabotage::is(sabotage::Break::wall_clock_promise)
                                     ? moment(host).boot
                                     : std::min(host.clock.at(stamp), local(host));
        host.inbox.emplace_back(core::Heard{.from = sender.id,
                                            .incarnation = flight.packet.header.incarnation,
                                            .message = flight.packet.message,
                                            .heard_at = heard_at,
                                            .newest = decision.newest});
    }
    pool_.give_back(place);
}

} // namespace belay::sim
