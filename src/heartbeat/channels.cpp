#include "belay/heartbeat/channels.hpp"

#include "belay/base/log.hpp"

#include <algorithm>

namespace belay::heartbeat {

namespace {

constexpr Duration failure_line_interval = std::chrono::minutes(1);

} // namespace

Channels::Channels(const Setup& setup) {
    for (const Endpoint& endpoint : setup.channels) {
        own_.push_back({.endpoint = endpoint, .socket = std::nullopt, .trouble = {}});
    }
    for (const Peer& peer : setup.peers) {
        PeerPairs pairs{.name = peer.name, .pairs = {}};
        for (std::size_t i = 0; i < std::min(peer.channels.size(), setup.channels.size()); ++i) {
            pairs.pairs.push_back(
                {.remote = peer.channels[i], .state = {}, .failure_line = wire::CountedLine(failure_line_interval)});
        }
        peers_.push_back(std::move(pairs));
    }
}

std::vector<std::size_t> Channels::open_missing() {
    std::vector<std::size_t> opened;
    for (std::size_t channel = 0; channel < own_.size(); ++channel) {
        Own& own = own_[channel];
        if (own.socket) {
            continue;
        }
        auto socket = ChannelSocket::open(own.endpoint);
        if (!socket) {
            if (own.trouble != socket.error().text) {
                own.trouble = socket.error().text;
                log::warning("channel_socket", {{"channel", channel},
                                                {"address", to_text(own.endpoint)},
                                                {"state", "failed"},
                                                {"error", own.trouble},
                                                {"next", "trying again each second"}});
            }
            continue;
        }
        own.socket = std::move(*socket);
        own.trouble.clear();
        opened.push_back(channel);
        log::info("channel_socket", {{"channel", channel}, {"address", to_text(own.endpoint)}, {"state", "open"}});
    }
    return opened;
}

void Channels::send(std::size_t peer, ByteView packet, Instant now) {
    PeerPairs& to = peers_.at(peer);
    for (std::size_t channel = 0; channel < to.pairs.size(); ++channel) {
        Pair& pair = to.pairs[channel];
        if (const auto& socket = own_[channel].socket) {
            note_sent(to, channel, pair, socket->send(packet, pair.remote), now);
        } else {
            ++pair.state.failures; // told when the socket failed
        }
    }
}

void Channels::note_sent(const PeerPairs& peer, std::size_t channel, Pair& pair, const Status& result, Instant now) {
    if (result) {
        ++pair.state.sent;
        pair.state.trouble.clear();
        if (std::exchange(pair.told, false)) {
            log::info("channel_send",
                      {{"peer", peer.name}, {"channel", channel}, {"to", to_text(pair.remote)}, {"state", "ok"}});
        }
        return;
    }
    ++pair.state.failures;
    const bool changed = pair.state.trouble != result.error().text;
    pair.state.trouble = result.error().text;
    if (!changed) {
        return;
    }
    pair.failure_line.add();
    if (const auto changes = pair.failure_line.due(now)) {
        pair.told = true;
        log::warning("channel_send", {{"peer", peer.name},
                                      {"channel", channel},
                                      {"to", to_text(pair.remote)},
                                      {"state", "failing"},
                                      {"error", pair.state.trouble},
                                      {"changes", *changes},
                                      {"next", "going on with every heartbeat"}});
    }
}

ChannelSocket* Channels::socket(std::size_t channel) noexcept {
    auto& socket = own_[channel].socket;
    return socket ? &*socket : nullptr;
}

void Channels::close(std::size_t channel, const Error& why) {
    Own& own = own_.at(channel);
    own.socket.reset();
    own.trouble = why.text;
    log::warning("channel_socket", {{"channel", channel},
                                    {"address", to_text(own.endpoint)},
                                    {"state", "closed"},
                                    {"error", why.text},
                                    {"next", "opening it again within a second"}});
}

} // namespace belay::heartbeat
