#include "belay/info/dialler.hpp"

#include "belay/base/log.hpp"
#include "belay/info/connection.hpp"
#include "belay/info/hub.hpp"
#include "belay/info/session.hpp"

namespace belay::info {

namespace {

/// Differs between nodes and between runs, as jitter should.
std::uint32_t jitter_seed(NodeId self, NodeId peer) {
    const auto now = static_cast<std::uint64_t>(SteadyClock::now().time_since_epoch().count());
    return static_cast<std::uint32_t>(self.value ^ (peer.value >> 32U) ^ now);
}

} // namespace

Dialler::Dialler(Hub& hub, Peer peer)
    : hub_(hub)
    , peer_(std::move(peer))
    , backoff_(hub.setup.timing.retry_min, hub.setup.timing.retry_max, jitter_seed(hub.setup.self, peer_.id))
    , wait_(hub.io) {}

void Dialler::wake() {
    woken_ = true;
    wait_.cancel();
}

Task<> Dialler::run() {
    while (!hub_.stopping) {
        woken_ = false;
        Outcome outcome = Outcome::failed;
        try {
            outcome = co_await attempt();
        } catch (const std::exception& problem) { // out of memory, or a handler
            log::error("info_exception",
                       {{"in", "dialler of " + peer_.name}, {"text", problem.what()}, {"then", "dialling again"}});
        }
        if (outcome == Outcome::was_joined) {
            backoff_.reset();
        }
        co_await pause(outcome);
    }
}

Task<> Dialler::pause(Outcome outcome) {
    const Duration wait = outcome == Outcome::refused ? hub_.setup.timing.refused_retry : backoff_.next();
    if (woken_ || hub_.stopping) {
        co_return;
    }
    wait_.expires_after(wait);
    co_await wait_.async_wait(as_values);
}

void Dialler::note(Verdict verdict, std::string reason) {
    hub_.verdicts.note(peer_.id, {.verdict = verdict,
                                  .direction = Direction::dialled,
                                  .name = peer_.name,
                                  .address = to_text(peer_.info.address),
                                  .reason = std::move(reason)});
}

Task<Dialler::Outcome> Dialler::attempt() {
    const auto connection = std::make_shared<Connection>(hub_, Tcp::socket(hub_.io), TlsSide::client);
    ++hub_.counters.connections_dialled;
    const auto connected = co_await connection->connect(hub_.setup.listen, peer_.info);
    if (!connected) {
        note(Verdict::disconnected, connected.error().text);
        co_return Outcome::failed;
    }
    const auto shaken = co_await connection->handshake();
    if (!shaken) {
        const bool wrong_key = shaken.error().fault == Fault::wrong_key;
        hub_.counters.count_handshake(shaken.error().fault);
        note(wrong_key ? Verdict::refused_by_peer : Verdict::disconnected, shaken.error().text);
        co_return wrong_key ? Outcome::refused : Outcome::failed;
    }
    auto answer = co_await join(connection);
    if (!answer) {
        hub_.counters.count_session(answer.error().fault);
        note(Verdict::disconnected, answer.error().text);
        co_return Outcome::failed;
    }
    if (!answer->accepted) {
        ++hub_.counters.joins_refused_by_peer;
        note(Verdict::refused_by_peer, answer->reason);
        co_return Outcome::refused;
    }
    const Outcome outcome = co_await live(connection, *std::move(answer));
    co_return outcome;
}

Task<std::expected<JoinAnswer, Failure>> Dialler::join(std::shared_ptr<Connection> connection) {
    asked_with_ = hub_.configuration_number;
    if (const Status sent = connection->send(hub_.own_join()); !sent) {
        co_return std::unexpected(Failure{.text = sent.error().text});
    }
    const auto first = co_await connection->receive_first();
    if (!first) {
        co_return std::unexpected(first.error());
    }
    const auto* const answer = std::get_if<JoinAnswer>(&*first);
    if (answer == nullptr) {
        co_return std::unexpected(
            Failure{.fault = Fault::bad_message, .text = "the peer's first message is no answer to a join"});
    }
    co_return *answer;
}

Task<Dialler::Outcome> Dialler::refuse(std::shared_ptr<Connection> connection, std::string for_us,
                                       std::string for_peer) {
    ++hub_.counters.joins_refused_by_us;
    note(Verdict::refused_by_us, std::move(for_us));
    Message last = JoinAnswer{.accepted = false, .reason = std::move(for_peer), .card = {}}; // see asio.hpp
    co_await connection->finish(std::move(last));
    co_return Outcome::refused;
}

Task<Dialler::Outcome> Dialler::live(std::shared_ptr<Connection> connection, JoinAnswer answer) {
    auto refusal = judge_accepter(answer.card, peer_.name);
    if (!refusal) {
        refusal = co_await hub_.registry.make_room(peer_.name, peer_.id, answer.card.incarnation);
    }
    if (refusal) {
        const Outcome outcome = co_await refuse(connection, refusal->for_us, refusal->for_peer);
        co_return outcome;
    }
    if (asked_with_ != hub_.configuration_number) {
        connection->close(); // the answer was to digests of the past; who changed them woke this dialler
        co_return Outcome::failed;
    }
    woken_ = false;
    const auto session =
        std::make_shared<Session>(hub_, connection, peer_, Direction::dialled, answer.card.incarnation);
    co_await hub_.registry.live(session, answer.card);
    co_return Outcome::was_joined;
}

} // namespace belay::info
