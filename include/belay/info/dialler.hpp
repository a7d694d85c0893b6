#pragma once
// The dialling half: keeps one connection to one peer, for ever (DESIGN section 6). Info thread only.

#include "belay/info/asio.hpp"
#include "belay/info/backoff.hpp"
#include "belay/info/counters.hpp"
#include "belay/info/handlers.hpp"
#include "belay/info/setup.hpp"

#include <expected>
#include <memory>
#include <string>

namespace belay::info {

class Connection;
struct Hub;
struct JoinAnswer;

class Dialler {
public:
    /// `hub` must outlive it.
    Dialler(Hub& hub, Peer peer);

    /// Dials, joins, lives, waits; until the hub stops.
    Task<> run();

    /// Ends the wait, or skips the next one: something changed that makes an attempt worth while.
    void wake();

private:
    enum class Outcome : std::uint8_t { was_joined, failed, refused };

    Task<Outcome> attempt();
    Task<std::expected<JoinAnswer, Failure>> join(std::shared_ptr<Connection> connection);
    Task<Outcome> live(std::shared_ptr<Connection> connection, JoinAnswer answer);
    Task<Outcome> refuse(std::shared_ptr<Connection> connection, std::string for_us, std::string for_peer);
    Task<> pause(Outcome outcome);
    void note(Verdict verdict, std::string reason);

    Hub& hub_;
    Peer peer_;
    Backoff backoff_;
    asio::steady_timer wait_;
    bool woken_ = false;
    std::uint64_t asked_with_ = 0; ///< Hub::configuration_number of the last join request
};

} // namespace belay::info
