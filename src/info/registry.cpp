#include "belay/info/registry.hpp"

#include "belay/info/hub.hpp"
#include "belay/info/session.hpp"

namespace belay::info {

namespace {

Join join_of(const Session& session, Verdict verdict, std::string reason) {
    return {.verdict = verdict,
            .direction = session.direction(),
            .name = session.peer().name,
            .address = to_text(session.address()),
            .reason = std::move(reason)};
}

} // namespace

std::shared_ptr<Session> Registry::find(NodeId peer, Direction direction) const {
    const auto found = sessions_.find({peer, direction});
    return found == sessions_.end() || !found->second->is_open() ? nullptr : found->second;
}

std::shared_ptr<Session> Registry::find(NodeId peer) const {
    auto session = find(peer, Direction::dialled);
    return session ? session : find(peer, Direction::accepted);
}

bool Registry::is_joined(NodeId peer, Direction direction) const {
    return find(peer, direction) != nullptr;
}

std::shared_ptr<Session> Registry::find_other_run(NodeId peer, const std::string& incarnation) const {
    for (const Direction direction : {Direction::dialled, Direction::accepted}) {
        if (auto session = find(peer, direction); session && session->incarnation() != incarnation) {
            return session;
        }
    }
    return nullptr;
}

Task<std::optional<Refusal>> Registry::make_room(std::string name, NodeId peer, std::string incarnation) {
    while (const auto older = find_other_run(peer, incarnation)) {
        const bool alive = co_await older->proves_alive();
        if (alive) {
            co_return doubled_name(name, to_text(older->address()), older->incarnation(), incarnation);
        }
        older->end("silent, and a later run of the node joined");
    }
    co_return std::nullopt;
}

Task<> Registry::live(std::shared_ptr<Session> session, NodeCard card) {
    const NodeId peer = session->peer().id;
    if (const auto earlier = std::exchange(sessions_[{peer, session->direction()}], session)) {
        earlier->end("replaced by a later connection of the same node");
    }
    ++hub_.counters.sessions_joined;
    SessionEnd end;
    try {
        hub_.verdicts.note(peer, join_of(*session, Verdict::accepted, ""));
        note_card(peer, card);
        end = co_await session->run();
    } catch (const std::exception& problem) { // of a handler
        end.reason = fmt::format("failed here: {}", problem.what());
        session->end(end.reason);
    }
    leave(*session, end);
}

void Registry::leave(const Session& session, const SessionEnd& end) {
    const auto found = sessions_.find({session.peer().id, session.direction()});
    if (found == sessions_.end() || found->second.get() != &session) {
        return; // replaced
    }
    hub_.verdicts.note(session.peer().id, join_of(session, end.verdict, end.reason));
    sessions_.erase(found);
}

void Registry::note_card(NodeId peer, const NodeCard& card) {
    const auto [entry, is_new] = cards_.try_emplace(peer, card);
    if (!is_new && entry->second == card) {
        return;
    }
    entry->second = card;
    if (hub_.handlers.card) {
        hub_.handlers.card(peer, card);
    }
}

std::optional<NodeCard> Registry::card(NodeId peer) const {
    const auto found = cards_.find(peer);
    return found == cards_.end() ? std::nullopt : std::optional(found->second);
}

void Registry::send_to_all(const Message& message) const {
    for (const auto& [key, session] : sessions_) {
        if (session->is_open()) {
            session->send(message);
        }
    }
}

void Registry::end_all(const std::string& why) const {
    for (const auto& [key, session] : sessions_) {
        session->end(why);
    }
}

} // namespace belay::info
