#pragma once
// What everything on the info thread shares: the setup, the keys, the counters and the list of open connections.
// Only the info thread touches it; it outlives every coroutine of the thread.

#include "belay/info/admission.hpp"
#include "belay/info/asio.hpp"
#include "belay/info/registry.hpp"
#include "belay/info/setup.hpp"
#include "belay/info/tls.hpp"
#include "belay/info/verdicts.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace belay::info {

class Connection;

struct Hub {
    Hub(asio::io_context& context, Setup made, Handlers told, std::shared_ptr<Tls> keys);

    asio::io_context& io;
    Setup setup; ///< without the keys
    Handlers handlers;
    std::shared_ptr<Tls> tls; ///< for new connections
    Counters counters;
    Verdicts verdicts;
    Registry registry;
    std::set<Connection*> connections;        ///< each enters and leaves by itself
    std::function<void(NodeId)> wake_dialler; ///< try that peer now instead of waiting
    std::weak_ptr<void> life;                 ///< of all this; for a Reply that comes late and from elsewhere
    std::uint64_t configuration_number = 0;   ///< grows whenever the own digests change
    bool stopping = false;

    /// The configured peer of that name or info address, or nullptr.
    [[nodiscard]] const Peer* find_peer(const std::string& name) const;
    [[nodiscard]] const Peer* find_peer(const IpAddress& address) const;

    /// What this node says first on a connection that it opened.
    [[nodiscard]] JoinRequest own_join() const;
    /// What a join is compared with.
    [[nodiscard]] Expected expected() const;
};

} // namespace belay::info
