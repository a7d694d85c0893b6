#include "belay/info/hub.hpp"

#include <algorithm>

namespace belay::info {

Hub::Hub(asio::io_context& context, Setup made, Handlers told, std::shared_ptr<Tls> keys)
    : io(context)
    , setup(std::move(made))
    , handlers(std::move(told))
    , tls(std::move(keys))
    , verdicts(handlers)
    , registry(*this) {
    setup.keys.clear();
    std::erase_if(setup.peers, [this](const Peer& peer) { return peer.id == setup.self; });
}

const Peer* Hub::find_peer(const std::string& name) const {
    const auto found = std::ranges::find(setup.peers, name, &Peer::name);
    return found == setup.peers.end() ? nullptr : &*found;
}

const Peer* Hub::find_peer(const IpAddress& address) const {
    const auto found =
        std::ranges::find(setup.peers, address, [](const Peer& peer) -> const IpAddress& { return peer.info.address; });
    return found == setup.peers.end() ? nullptr : &*found;
}

JoinRequest Hub::own_join() const {
    return {.cluster = setup.cluster_name,
            .vip_digest = setup.own.vip_digest,
            .config_digest = setup.own.config_digest,
            .fence = setup.own.fence,
            .card = setup.own.card};
}

Expected Hub::expected() const {
    Expected out{.cluster = setup.cluster_name,
                 .node = setup.node_name,
                 .peer_names = {},
                 .vip_digest = setup.own.vip_digest,
                 .config_digest = setup.own.config_digest,
                 .fence = setup.own.fence};
    std::ranges::transform(setup.peers, std::back_inserter(out.peer_names), &Peer::name);
    return out;
}

} // namespace belay::info
