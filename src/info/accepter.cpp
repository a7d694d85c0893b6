#include "belay/info/accepter.hpp"

#include "belay/info/connection.hpp"
#include "belay/info/hub.hpp"
#include "belay/info/session.hpp"

namespace belay::info {

namespace {

/// Tells a refusal of ours. It counts against the peer `suspect` only while that one has no session of its own: else
/// somebody else stands behind it.
void note_refusal(Hub& hub, const Peer* suspect, const Connection& connection, const std::string& name,
                  const std::string& reason) {
    const Join join{.verdict = Verdict::refused_by_us,
                    .direction = Direction::accepted,
                    .name = name,
                    .address = to_text(connection.peer_address()),
                    .reason = reason};
    if (suspect == nullptr || hub.registry.find(suspect->id) != nullptr) {
        hub.verdicts.note_stranger(join);
    } else {
        hub.verdicts.note(suspect->id, join);
    }
}

/// Only a wrong key is told to the operator; strangers without any are counted.
void note_failed_handshake(Hub& hub, const Connection& connection, const Failure& failure) {
    hub.counters.count_handshake(failure.fault);
    if (failure.fault == Fault::wrong_key) {
        const Peer* const suspect = hub.find_peer(connection.peer_address());
        note_refusal(hub, suspect, connection, suspect == nullptr ? "" : suspect->name, failure.text);
    }
}

Task<> refuse(Hub& hub, std::shared_ptr<Connection> connection, std::string name, Refusal refusal) {
    ++hub.counters.joins_refused_by_us;
    note_refusal(hub, hub.find_peer(name), *connection, name, refusal.for_us);
    Message last = JoinAnswer{.accepted = false, .reason = refusal.for_peer, .card = {}}; // see asio.hpp
    co_await connection->finish(std::move(last));
}

Task<std::optional<Refusal>> judge_newcomer(Hub& hub, const JoinRequest& join) {
    if (auto refusal = judge(join, hub.expected())) {
        co_return refusal;
    }
    const Peer* const peer = hub.find_peer(join.card.name);
    auto doubled = co_await hub.registry.make_room(peer->name, peer->id, join.card.incarnation);
    if (doubled) {
        co_return doubled;
    }
    co_return judge(join, hub.expected()); // own digests may have changed while an older session was probed
}

Task<> let_in(Hub& hub, std::shared_ptr<Connection> connection, NodeCard card) {
    const Peer& peer = *hub.find_peer(card.name);
    if (!connection->send(JoinAnswer{.accepted = true, .reason = "", .card = hub.setup.own.card})) {
        co_return;
    }
    hub.wake_dialler(peer.id); // it lives, and our own connection to it need not wait
    const auto session = std::make_shared<Session>(hub, connection, peer, Direction::accepted, card.incarnation);
    co_await hub.registry.live(session, card);
}

/// The whole life of the connection; `held` is its place.
Task<> converse(Hub& hub, std::shared_ptr<Connection> connection, SourceSlots::Slot held) {
    const SourceSlots::Slot slot = std::move(held);
    const auto shaken = co_await connection->handshake();
    if (!shaken) {
        note_failed_handshake(hub, *connection, shaken.error());
        co_return;
    }
    const auto first = co_await connection->receive_first();
    if (!first) {
        hub.counters.count_session(first.error().fault);
        co_return;
    }
    const auto* const join = std::get_if<JoinRequest>(&*first);
    if (join == nullptr) {
        hub.counters.count_session(Fault::bad_message);
        co_return;
    }
    const auto refusal = co_await judge_newcomer(hub, *join);
    if (refusal) {
        co_await refuse(hub, connection, join->card.name, *refusal);
        co_return;
    }
    co_await let_in(hub, connection, join->card);
}

} // namespace

void serve(Hub& hub, Tcp::socket socket, SourceSlots::Slot slot) {
    auto connection = std::make_shared<Connection>(hub, std::move(socket), TlsSide::server);
    spawn(hub.io, converse(hub, std::move(connection), std::move(slot)), "serving a connection");
}

} // namespace belay::info
