#pragma once
// The daemon's end of the control socket (DESIGN section 6): takes lines, hands typed requests to a handler, writes
// the answers. It runs on the watchdog thread, so it must cost that thread next to nothing whatever its clients do:
// they are few, each has one request under way at a time, bounded buffers and a deadline for every step.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/control/access.hpp"
#include "belay/control/request.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace boost::asio {
class io_context;
}

namespace belay::control {

/// Takes the answer to one request: ok_reply() or error_reply(). To be called once, at once or later, on the thread of
/// the io_context; further calls do nothing, and so does an answer to a client that is gone. If it is dropped without
/// a call, the client is told that its request was lost.
using ReplyFunction = std::function<void(nlohmann::json reply)>;

/// Carries out one request that its sender has the right to ask. Called on the thread of the io_context. It must not
/// end the Server that called it.
using Handler = std::function<void(const Request& request, ReplyFunction reply)>;

struct ServerOptions {
    std::string directory; ///< must exist; gets control.sock
    AccessRules access;    ///< host_access_rules()
    std::size_t clients_max = 64;
    /// Places of clients_max that are kept for those who may change things, so that leaking monitors cannot lock the
    /// operator out.
    std::size_t clients_reserved = 16;
    /// How long a client may take to send a whole request, and how long to read its answer.
    Duration idle_max = std::chrono::seconds(60);
};

/// What happened since the start, for the daemon's counters.
struct ServerCounters {
    std::uint64_t clients_accepted = 0;
    std::uint64_t clients_refused_rights = 0; ///< turned away: neither root nor belay
    std::uint64_t clients_refused_full = 0;   ///< turned away: too many clients
    std::uint64_t clients_timed_out = 0;
    std::uint64_t requests = 0;
    std::uint64_t requests_malformed = 0;
    std::uint64_t requests_refused_rights = 0;
};

/// Listens while it lives; the socket file goes with it. Create it, use it and end it on the thread of the io_context,
/// which must outlive it. Throws nothing.
class Server {
public:
    static Result<std::unique_ptr<Server>> open(boost::asio::io_context& context, ServerOptions options,
                                                Handler handler);

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    Server(Server&&) = delete;
    Server& operator=(Server&&) = delete;
    ~Server();

    [[nodiscard]] const std::string& path() const noexcept;

    /// What the daemon should log about the socket file (SocketFile::warning), empty if all is well.
    [[nodiscard]] const std::string& warning() const noexcept;

    [[nodiscard]] const ServerCounters& counters() const noexcept;

    /// Clients connected now.
    [[nodiscard]] std::size_t clients() const noexcept;

private:
    class Impl;
    explicit Server(std::shared_ptr<Impl> impl);

    std::shared_ptr<Impl> impl_;
};

} // namespace belay::control
