#include "belay/info/session.hpp"

#include "belay/base/log.hpp"
#include "belay/info/hub.hpp"

#include <boost/asio/post.hpp>

namespace belay::info {

Session::Session(Hub& hub, std::shared_ptr<Connection> connection, Peer peer, Direction direction,
                 std::string incarnation)
    : hub_(hub)
    , connection_(std::move(connection))
    , peer_(std::move(peer))
    , direction_(direction)
    , incarnation_(std::move(incarnation))
    , asks_(std::make_shared<Asks>(hub.io))
    , ping_timer_(hub.io) {}

Task<SessionEnd> Session::run() {
    const auto self = shared_from_this();
    if (direction_ == Direction::dialled) {
        schedule_ping();
    }
    while (!ended_here_) {
        const auto message = co_await connection_->receive_next();
        if (!message) {
            hub_.counters.count_session(message.error().fault);
            end(message.error().text);
            break;
        }
        ++heard_;
        std::visit([this](const auto& kind) { on(kind); }, *message);
    }
    connection_->close();
    ping_timer_.cancel();
    asks_->fail_all(fmt::format("the session with '{}' ended: {}", peer_.name, end_.reason));
    co_return end_;
}

void Session::end(std::string why) {
    if (!ended_here_) {
        ended_here_ = true;
        end_.reason = std::move(why);
        connection_->close();
    }
}

void Session::send(const Message& message) {
    const Status sent = connection_->send(message);
    if (!sent && connection_->is_open()) {
        log::error("info_message_dropped", {{"peer", peer_.name}, {"text", sent.error().text}});
    }
}

void Session::schedule_ping() {
    ping_timer_.expires_after(hub_.setup.timing.ping_interval);
    ping_timer_.async_wait([weak = weak_from_this()](const ErrorCode& cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self && self->is_open()) {
            self->send(Ping{});
            self->schedule_ping();
        }
    });
}

Task<bool> Session::proves_alive() {
    constexpr int steps = 20;
    const auto self = shared_from_this();
    const std::uint64_t heard_before = heard_;
    asio::steady_timer step(hub_.io);
    send(Ping{});
    for (int count = 0; count < steps && heard_ == heard_before && is_open() && !hub_.stopping; ++count) {
        step.expires_after(hub_.setup.timing.probe_max / steps);
        co_await step.async_wait(as_values);
    }
    co_return heard_ != heard_before&& is_open();
}

void Session::on(const JoinRequest& /*join*/) {
    ++hub_.counters.messages_bad;
    end("the peer joined twice on one connection");
}

void Session::on(const JoinAnswer& answer) {
    if (!answer.accepted) {
        end_.verdict = Verdict::refused_by_peer;
    }
    end(answer.accepted ? "the peer accepted twice on one connection" : answer.reason);
}

void Session::on(const CardUpdate& update) {
    if (update.card.name != peer_.name || update.card.incarnation != incarnation_) {
        ++hub_.counters.messages_bad;
        end("the peer sent a card of another node or run");
        return;
    }
    hub_.registry.note_card(peer_.id, update.card);
}

void Session::on(const Ping& /*ping*/) {
    send(Pong{});
}

void Session::on(const Pong& /*pong*/) {
    // that it was heard is all it says
}

void Session::on(const UnknownMessage& /*message*/) {
    ++hub_.counters.messages_unknown;
}

void Session::on(const AskReply& reply) {
    asks_->settle(reply.id, reply.body);
}

bool Session::remember_request(const Ask& ask) {
    const auto now = SteadyClock::now();
    if (requests_.size() >= asks_outstanding_max) {
        std::erase_if(requests_, [now](const auto& request) { return request.second <= now; });
    }
    return requests_.size() < asks_outstanding_max && requests_.try_emplace(ask.id, now + ask.deadline).second;
}

void Session::on(const Ask& ask) {
    if (!hub_.handlers.request) {
        send(AskReply{.id = ask.id, .body = fail("'{}' takes no requests", hub_.setup.node_name)});
        return;
    }
    if (!remember_request(ask)) {
        send(AskReply{.id = ask.id, .body = fail("too many requests wait for an answer, or the id is in use")});
        return;
    }
    Reply reply = [weak = weak_from_this(), life = hub_.life, io = &hub_.io, id = ask.id](nlohmann::json body) {
        const auto alive = life.lock(); // the io_context, too, while this posts
        if (!alive) {
            return;
        }
        asio::post(*io, [weak, id, body = std::move(body)]() mutable {
            if (const auto self = weak.lock()) {
                self->answer(id, std::move(body));
            }
        });
    };
    hub_.handlers.request(peer_.id, ask.body, std::move(reply));
}

void Session::answer(std::uint64_t id, Result<nlohmann::json> body) {
    if (requests_.erase(id) == 0 || !is_open()) {
        return; // answered before, or nobody listens any more
    }
    if (!connection_->send(AskReply{.id = id, .body = std::move(body)}) && is_open()) {
        send(AskReply{.id = id, .body = fail("the answer is longer than {} bytes", frame_bytes_max)});
    }
}

void Session::ask(const nlohmann::json& request, Duration deadline, Done done) {
    if (asks_->full()) {
        done(fail("{} requests to '{}' wait for an answer already", asks_outstanding_max, peer_.name));
        return;
    }
    const std::uint64_t id = asks_->add(deadline, std::move(done));
    if (const Status sent = connection_->send(Ask{.id = id, .deadline = deadline, .body = request}); !sent) {
        asks_->settle(id, fail("cannot ask '{}': {}", peer_.name, sent.error().text));
    }
}

} // namespace belay::info
