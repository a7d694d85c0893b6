#include "belay/info/report.hpp"

#include "belay/info/hub.hpp"
#include "belay/info/listener.hpp"

namespace belay::info {

Report make_report(const Hub& hub, const Listener& listener) {
    Report report{.listening = listener.is_open(),
                  .listen_problem = listener.problem(),
                  .connections_open = hub.connections.size(),
                  .peers = {},
                  .counters = hub.counters};
    for (const Peer& peer : hub.setup.peers) {
        report.peers.push_back({.id = peer.id,
                                .name = peer.name,
                                .joined = hub.registry.find(peer.id) != nullptr,
                                .dialled = hub.verdicts.last(peer.id, Direction::dialled),
                                .accepted = hub.verdicts.last(peer.id, Direction::accepted),
                                .card = hub.registry.card(peer.id)});
    }
    return report;
}

} // namespace belay::info
