#pragma once
// One client of the control socket: reads a line, has it answered, writes the answer, and only then looks at the next
// line. While an answer is under way nothing is read, so a client that sends without reading fills its own socket
// buffer and nothing here. Private to the control server; runs on the thread of the io_context.

#include "belay/control/access.hpp"
#include "belay/control/server.hpp"

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace belay::control {

/// What a session shares with its server. `left` is called once, when the session ends by itself.
struct SessionOwner {
    const Handler& handler;
    ServerCounters& counters;
    Duration idle_max;
    std::function<void(const void* session)> left;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    using Socket = boost::asio::local::stream_protocol::socket;

    Session(Socket socket, Rights rights, SessionOwner owner);

    /// Begins to serve; the session keeps itself alive through its operations.
    void start();

    /// Ends it without a word; nothing of the owner is used afterwards.
    void stop() noexcept;

    /// Writes the answer to the request under way, unless the session has ended.
    void answer(const nlohmann::json& reply);

private:
    void watch_hangup();
    void read();
    /// Serves the first whole line of the input, or reads on.
    void next_request();
    void serve(std::string_view line);
    void write(std::string output, bool then_end);
    void expect_progress();
    void end() noexcept;

    Socket socket_;
    boost::asio::steady_timer deadline_;
    Rights rights_;
    SessionOwner owner_;
    std::array<char, 4096> chunk_{};
    std::string input_;  ///< received and not yet served: never more than a longest request and one chunk
    std::string output_; ///< the one answer under way
    bool ended_ = false;
};

} // namespace belay::control
