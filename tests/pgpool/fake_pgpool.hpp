#pragma once
// A PCP server of the test's own loop, scripted: what it answers to each kind of request, in how many pieces, and when
// it falls silent or closes. Not a model of pgpool-II; its answers are made here or recorded from the real one.

#include "belay/pgpool/pcp_client.hpp"
#include "scratch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace belay::pgpool::test {

/// What the server does with a request.
struct Reply {
    std::string bytes;   ///< sent at once, unless empty
    bool close = false;  ///< after that
    std::size_t cut = 0; ///< sent in pieces of that many bytes; 0: in one
};

/// One frame as bytes.
[[nodiscard]] std::string frame(char type, std::string payload);
/// The answers of a well-behaved pgpool-II.
[[nodiscard]] std::string done(char type);
[[nodiscard]] std::string count(unsigned nodes);
[[nodiscard]] std::string node(unsigned id, std::string status, std::string role = "standby");
[[nodiscard]] std::string error(std::string severity, std::string message, std::string detail = {});

class FakePgpool {
public:
    /// What is answered to a request `type` with `payload`, after the login, which is always good.
    using Script = std::function<Reply(char type, const std::string& payload)>;

    FakePgpool(boost::asio::io_context& loop, const std::string& path, Script script);

    /// Every request of all connections, each with its first string: "M R L H0 H1 X".
    [[nodiscard]] const std::string& heard() const { return *heard_; }

    [[nodiscard]] std::size_t connections() const { return connections_; }

    /// Closes all connections, as pgpool-II does when it restarts its PCP process.
    void close_connections();

    /// Connections made from now on are not accepted.
    void stop_listening() { listener_.close(); }

    /// As with a login that is refused: what it answers to R.
    void refuse_login(std::string with) { login_ = std::move(with); }

    /// Closes the next connection when it is asked for a salt.
    void lose_next_login() { lose_next_login_ = true; }

private:
    struct Connection;

    void accept();

    boost::asio::local::stream_protocol::acceptor listener_;
    Script script_;
    std::vector<std::weak_ptr<Connection>> all_;
    std::shared_ptr<std::string> heard_ = std::make_shared<std::string>();
    std::optional<std::string> login_;
    bool lose_next_login_ = false;
    std::size_t connections_ = 0;
};

/// A client of a fake server, on a UNIX socket in a directory of its own.
struct Bench {
    explicit Bench(FakePgpool::Script script);

    /// Runs the loop until `condition` holds; false after five seconds.
    bool until(const std::function<bool()>& condition);

    /// A look, as "0:up/primary 1:down/standby", or its error without the address.
    std::string look();
    std::string tell(const Command& command);
    std::string reload();
    /// The words of a result.
    [[nodiscard]] std::string text_of(const Result<std::vector<Backend>>& outcome) const;

    [[nodiscard]] std::string socket() const { return scratch.file(".s.PGSQL.9898"); }

    Scratch scratch;
    boost::asio::io_context loop;
    FakePgpool server;
    PcpSetup setup;
    std::unique_ptr<PcpClient> client;
};

} // namespace belay::pgpool::test
