#pragma once
// The services of the other nodes, asked from here (`query_peers`): what a client on this host would find there. For
// each of them there are looks of its own, which delay neither each other nor the own check.

#include "belay/base/ids.hpp"
#include "belay/base/inet.hpp"
#include "belay/config/settings.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace belay::lifecheck {

/// Another node and where its service is to be asked.
struct PeerService {
    NodeId node;
    std::string name;
    Endpoint address;

    bool operator==(const PeerService&) const = default;
};

/// What its service answered here; `detail` as in Health.
struct PeerHealth {
    NodeId node;
    std::string name;
    bool healthy = false;
    std::string detail;

    bool operator==(const PeerHealth&) const = default;
};

/// Asks with the user, the query and the pace of this node's own service. On the thread of the loop, which must outlive
/// it.
class PeerQueries {
public:
    /// `told` gets all peers of which a verdict is known, in their order, after each look.
    PeerQueries(boost::asio::io_context& loop, const config::Service& service, std::vector<PeerService> peers,
                std::function<void(const std::vector<PeerHealth>&)> told);
    PeerQueries(const PeerQueries&) = delete;
    PeerQueries& operator=(const PeerQueries&) = delete;
    PeerQueries(PeerQueries&&) = delete;
    PeerQueries& operator=(PeerQueries&&) = delete;
    ~PeerQueries();

private:
    struct Peer;
    void tell();

    std::function<void(const std::vector<PeerHealth>&)> told_;
    std::vector<std::unique_ptr<Peer>> peers_;
};

} // namespace belay::lifecheck
