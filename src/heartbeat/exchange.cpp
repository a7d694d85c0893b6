#include "belay/heartbeat/exchange.hpp"

#include "belay/wire/heartbeat_codec.hpp"

#include <algorithm>
#include <cassert>

namespace belay::heartbeat {

namespace {

constexpr Duration rival_line_interval = std::chrono::minutes(1);

} // namespace

Exchange::Exchange(const Setup& setup, wire::Keyring keys)
    : cluster_(wire::cluster_id(setup.cluster_name))
    , self_(setup.self)
    , incarnation_(setup.incarnation)
    , keys_(std::move(keys)) {}

Result<Exchange> Exchange::make(const Setup& setup, const wire::NonceSource& nonces, Instant now) {
    auto keys = wire::Keyring::make(setup.keys);
    if (!keys) {
        return std::unexpected(keys.error());
    }
    Exchange exchange(setup, std::move(*keys));
    for (const Peer& peer : setup.peers) {
        assert(peer.id != setup.self && !exchange.index_of(peer.id));
        const std::size_t pairs = std::min(peer.channels.size(), setup.channels.size());
        exchange.peers_.push_back({.configured = peer,
                                   .contact = wire::Contact({.own = setup.incarnation,
                                                             .heartbeat_interval = setup.heartbeat_interval,
                                                             .lease = setup.lease,
                                                             .nonces = nonces}),
                                   .channels = {pairs, wire::ChannelStats(now, setup.lease)},
                                   .rivals = wire::CountedLine(rival_line_interval)});
    }
    return exchange;
}

Outcome Exchange::receive(Instant now, const Datagram& datagram) {
    if (const auto reason = refuse_stranger(datagram.bytes)) {
        strangers_.add(*reason);
        return {.refused = reason, .suspicious = true};
    }
    const auto envelope = wire::peek(datagram.bytes);
    const auto peer = envelope ? index_of(envelope->sender) : std::nullopt;
    assert(peer); // refuse_stranger() has looked at both
    return judge(now, *peer, datagram);
}

std::optional<wire::Reject> Exchange::refuse_stranger(ByteView bytes) {
    const auto envelope = wire::peek(bytes);
    if (!envelope) {
        return envelope.error();
    }
    if (envelope->cluster != cluster_) {
        return wire::Reject::foreign_cluster;
    }
    if (envelope->receiver != self_) {
        return wire::Reject::not_for_me;
    }
    if (!index_of(envelope->sender)) {
        return wire::Reject::unknown_sender;
    }
    return keys_.verify(envelope->key, bytes); // the costly one comes last
}

Outcome Exchange::judge(Instant now, std::size_t index, const Datagram& datagram) {
    PeerState& peer = peers_.at(index);
    const auto packet = wire::decode(datagram.bytes);
    if (!packet) {
        if (datagram.channel < peer.channels.size()) {
            peer.channels[datagram.channel].refused(packet.error());
        }
        return {.refused = packet.error(), .suspicious = true, .peer = index};
    }
    const wire::Decision decision = peer.contact.receive(now, packet->header);
    const bool replayed = account(peer, datagram, packet->header, decision);

    Outcome outcome{.refused = decision.refused, .peer = index, .proved = decision.established_now};
    outcome.suspicious = replayed || (decision.refused && !wire::is_ordinary(*decision.refused));
    if (decision.accepted() && packet->header.kind == wire::PacketKind::heartbeat) {
        outcome.received = Received{.from = packet->header.sender,
                                    .incarnation = packet->header.incarnation,
                                    .message = packet->message,
                                    .heard_at = datagram.heard_at,
                                    .newest = decision.newest};
    }
    if (decision.reply) {
        outcome.reply = Reply{.to = index, .header = *decision.reply};
    }
    if (decision.rival_seen) {
        peer.rivals.add();
    }
    if (decision.rival_seen && peer.rivals.due(now)) {
        outcome.rival = packet->header.incarnation;
    }
    return outcome;
}

bool Exchange::account(PeerState& peer, const Datagram& datagram, const wire::Header& header,
                       const wire::Decision& decision) {
    if (decision.established_now) {
        for (wire::ChannelStats& channel : peer.channels) {
            channel.begin_run(header.sequence);
        }
    }
    if (datagram.channel >= peer.channels.size()) {
        return false; // we have more channels than that peer: genuine all the same, but no pair to count for
    }
    wire::ChannelStats& channel = peer.channels[datagram.channel];
    if (datagram.source != peer.configured.channels.at(datagram.channel)) {
        channel.foreign_source();
    }
    const bool copy = decision.refused == wire::Reject::repeated || decision.refused == wire::Reject::stale;
    if (decision.refused && !copy) {
        channel.refused(*decision.refused);
        return false;
    }
    return !channel.heard(datagram.heard_at, header.sequence, copy);
}

wire::Packet Exchange::packet_to(Instant now, std::size_t peer, const wire::Outgoing& header) const {
    wire::Packet packet;
    packet.header = {.cluster = cluster_,
                     .key = keys_.signing_key(),
                     .kind = wire::PacketKind::heartbeat,
                     .sender = self_,
                     .incarnation = incarnation_,
                     .receiver = peers_.at(peer).configured.id,
                     .echo = header.echo,
                     .sequence = header.sequence,
                     .challenge = header.challenge,
                     .nonce_echo = header.nonce_echo,
                     .sent_at = now};
    return packet;
}

Result<ByteView> Exchange::compose(Instant now, std::size_t peer, const core::Message& message) {
    wire::Packet packet = packet_to(now, peer, peers_.at(peer).contact.next_header(now));
    packet.message = message;
    return seal(packet);
}

Result<ByteView> Exchange::compose(Instant now, const Reply& reply) {
    wire::Packet packet = packet_to(now, reply.to, reply.header);
    packet.header.kind = wire::PacketKind::challenge;
    return seal(packet);
}

Result<ByteView> Exchange::seal(const wire::Packet& packet) {
    wire::encode(packet, buffer_);
    if (const auto done = keys_.sign(buffer_); !done) {
        return std::unexpected(done.error());
    }
    return ByteView(buffer_);
}

std::vector<ChannelChange> Exchange::judge_channels(Instant now) {
    std::vector<ChannelChange> changes;
    for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
        std::vector<wire::ChannelStats>& channels = peers_[peer].channels;
        for (std::size_t channel = 0; channel < channels.size(); ++channel) {
            if (channels[channel].judge(now)) {
                changes.push_back({.peer = peer, .channel = channel});
            }
        }
    }
    return changes;
}

std::optional<std::size_t> Exchange::index_of(NodeId peer) const noexcept {
    const auto found = std::ranges::find(peers_, peer, [](const PeerState& state) { return state.configured.id; });
    return found == peers_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - peers_.begin()));
}

} // namespace belay::heartbeat
