#include "belay/heartbeat/journal.hpp"

#include "belay/base/log.hpp"

#include <utility>

namespace belay::heartbeat {

void Journal::proved(const Exchange& exchange, std::size_t peer) {
    const Incarnation& incarnation = exchange.contact(peer).established();
    log::notice("peer_proved", {{"peer", exchange.peer(peer).name}, {"incarnation", to_text(incarnation)}});
    notes_.push_back({.kind = Note::Kind::proved, .peer = exchange.peer(peer).id, .incarnation = incarnation});
}

void Journal::rival(const Exchange& exchange, std::size_t peer, const Incarnation& rival) {
    log::warning("rival", {{"peer", exchange.peer(peer).name},
                           {"incarnation", to_text(rival)},
                           {"established", to_text(exchange.contact(peer).established())},
                           {"reason", "another daemon, or a recorded packet, claims to be a peer that is alive"},
                           {"next", "ignoring it while the established one is heard"}});
    notes_.push_back({.kind = Note::Kind::rival, .peer = exchange.peer(peer).id, .incarnation = rival});
}

void Journal::channel_changed(const Exchange& exchange, const ChannelChange& change, Instant now) {
    const wire::ChannelStats& stats = exchange.channels(change.peer).at(change.channel);
    const Peer& peer = exchange.peer(change.peer);
    const bool down = stats.state() == wire::ChannelState::down;
    const auto heard = stats.last_heard();
    log::line(down ? log::Level::warning : log::Level::notice, "channel",
              {{"peer", peer.name},
               {"channel", change.channel},
               {"address", to_text(peer.channels.at(change.channel))},
               {"state", wire::to_text(stats.state())},
               {"heard_ms_ago", heard ? fmt::format("{}", to_ms(now - *heard)) : "never"}});
}

void Journal::bad_packet(wire::Reject reason, const Datagram& datagram, Instant now) {
    BadPackets& bad = bad_packets_.at(static_cast<std::size_t>(reason));
    bad.line.add();
    bad.source = datagram.source;
    bad.channel = datagram.channel;
    tell_if_due(reason, now);
}

void Journal::flush(Instant now) {
    for (std::size_t reason = 0; reason < wire::reject_count; ++reason) {
        tell_if_due(static_cast<wire::Reject>(reason), now);
    }
}

void Journal::tell_if_due(wire::Reject reason, Instant now) {
    BadPackets& bad = bad_packets_.at(static_cast<std::size_t>(reason));
    const auto count = bad.line.due(now);
    if (!count) {
        return;
    }
    log::warning("bad_packets", {{"reason", wire::to_text(reason)},
                                 {"count", *count},
                                 {"last_source", to_text(bad.source)},
                                 {"channel", bad.channel},
                                 {"next", "ignoring them"}});
    notes_.push_back({.kind = Note::Kind::bad_packet, .reason = reason, .count = *count, .source = bad.source});
}

std::vector<Note> Journal::take_notes() {
    return std::exchange(notes_, {});
}

} // namespace belay::heartbeat
