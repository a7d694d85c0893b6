#include "belay/lifecheck/peer_queries.hpp"

#include "belay/lifecheck/looks.hpp"
#include "belay/lifecheck/postgres_look.hpp"

#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>

namespace belay::lifecheck {

struct PeerQueries::Peer {
    PeerService service;
    std::optional<Finding> found;
    std::optional<Looks> looks;
};

PeerQueries::PeerQueries(boost::asio::io_context& loop, const config::Service& service, std::vector<PeerService> peers,
                         std::function<void(const std::vector<PeerHealth>&)> told)
    : told_(std::move(told)) {
    for (PeerService& one : peers) {
        Peer& peer = *peers_.emplace_back(std::make_unique<Peer>(std::move(one), std::nullopt, std::nullopt));
        peer.looks.emplace(
            loop, pace_of(service),
            [&loop, question = question_of(service, peer.service.address)](LookDone done) {
                return ask_postgres(loop, question, std::move(done));
            },
            [this, &peer](const Finding& finding) {
                peer.found = finding;
                tell();
            });
    }
}

PeerQueries::~PeerQueries() = default;

void PeerQueries::tell() {
    std::vector<PeerHealth> known;
    for (const auto& peer : peers_) {
        const std::optional<Finding>& found = peer->found;
        if (!found) {
            continue;
        }
        if (const std::optional<bool> healthy = found->healthy) {
            known.push_back({.node = peer->service.node,
                             .name = peer->service.name,
                             .healthy = *healthy,
                             .detail = in_words(*found, to_text(peer->service.address), "answers")});
        }
    }
    told_(known);
}

} // namespace belay::lifecheck
