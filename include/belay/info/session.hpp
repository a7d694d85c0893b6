#pragma once
// A joined connection: cards, requests and pings flow both ways until one end goes. Info thread only.

#include "belay/base/ids.hpp"
#include "belay/info/asks.hpp"
#include "belay/info/connection.hpp"
#include "belay/info/handlers.hpp"
#include "belay/info/setup.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace belay::info {

/// Why a session is over: disconnected, or refused after all.
struct SessionEnd {
    Verdict verdict = Verdict::disconnected;
    std::string reason;
};

/// Made by std::make_shared only.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(Hub& hub, std::shared_ptr<Connection> connection, Peer peer, Direction direction, std::string incarnation);

    /// Receives until the end, which it returns; then every outstanding ask has failed.
    Task<SessionEnd> run();

    /// Ends it soon; `why` becomes the reason. The first call counts.
    void end(std::string why);

    /// A message that is too long is dropped with a log line; all else that fails ends the session by itself.
    void send(const Message& message);

    /// See Thread::ask.
    void ask(const nlohmann::json& request, Duration deadline, Done done);

    /// Pings, and says whether anything at all was heard within Timing::probe_max.
    Task<bool> proves_alive();

    [[nodiscard]] bool is_open() const noexcept { return connection_->is_open(); }

    [[nodiscard]] const Peer& peer() const noexcept { return peer_; }

    [[nodiscard]] Direction direction() const noexcept { return direction_; }

    [[nodiscard]] const std::string& incarnation() const noexcept { return incarnation_; }

    [[nodiscard]] const IpAddress& address() const noexcept { return connection_->peer_address(); }

private:
    void on(const JoinRequest& join);
    void on(const JoinAnswer& answer);
    void on(const CardUpdate& update);
    void on(const Ping& ping);
    void on(const Pong& pong);
    void on(const Ask& ask);
    void on(const AskReply& reply);
    void on(const UnknownMessage& message);
    void schedule_ping();
    void answer(std::uint64_t id, Result<nlohmann::json> body);
    [[nodiscard]] bool remember_request(const Ask& ask);

    Hub& hub_;
    std::shared_ptr<Connection> connection_;
    Peer peer_;
    Direction direction_;
    std::string incarnation_;
    std::shared_ptr<Asks> asks_;
    std::map<std::uint64_t, SteadyClock::time_point> requests_; ///< the peer's that wait for our answer, and until when
    asio::steady_timer ping_timer_;
    std::uint64_t heard_ = 0; ///< messages
    SessionEnd end_;
    bool ended_here_ = false;
};

} // namespace belay::info
