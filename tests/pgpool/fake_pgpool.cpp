#include "fake_pgpool.hpp"

#include "belay/pgpool/pcp_frame.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <utility>

namespace belay::pgpool::test {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

std::string frame(char type, std::string payload) {
    const auto bytes = encode({.type = type, .payload = std::move(payload)}).value();
    return {bytes.begin(), bytes.end()};
}

namespace {

std::string answer(char type, const std::vector<std::string>& strings) {
    std::string payload;
    for (const std::string& text : strings) {
        payload.append(text).push_back('\0');
    }
    return frame(type, std::move(payload));
}

} // namespace

std::string done(char type) {
    return answer(type, {"CommandComplete"});
}

std::string count(unsigned nodes) {
    return answer('l', {"CommandComplete", std::to_string(nodes)});
}

std::string node(unsigned id, std::string status, std::string role) {
    return answer('h', {"CommandComplete", std::to_string(id), "db" + std::to_string(id), "5432", std::move(status),
                        std::move(role), "2026-11-27 10:00:00", "9", "9"});
}

std::string error(std::string severity, std::string message, std::string detail) {
    std::vector<std::string> strings{"S" + std::move(severity), "CXX000", "M" + std::move(message)};
    if (!detail.empty()) {
        strings.push_back("D" + std::move(detail));
    }
    strings.emplace_back();
    return answer('E', strings);
}

/// Lives as long as something waits for it.
struct FakePgpool::Connection : std::enable_shared_from_this<Connection> {
    Connection(stream_protocol::socket its_socket, Script its_script, std::shared_ptr<std::string> log,
               std::optional<std::string> login, bool is_lost)
        : socket(std::move(its_socket))
        , script(std::move(its_script))
        , heard(std::move(log))
        , refused_login(std::move(login))
        , lost(is_lost) {}

    void read() {
        socket.async_read_some(asio::buffer(chunk),
                               [self = shared_from_this()](const error_code& error, std::size_t n) {
                                   if (error) {
                                       return;
                                   }
                                   self->decoder.feed(ByteView(self->chunk).first(n));
                                   while (auto request = self->decoder.next().value()) {
                                       self->on(*request);
                                   }
                                   self->read();
                               });
    }

    void on(const PcpFrame& request) {
        std::string argument = request.payload.substr(0, request.payload.find('\0'));
        argument = request.type == 'R' ? "" : argument; // the user
        *heard += (heard->empty() ? "" : " ") + std::string(1, request.type) + argument;
        if (request.type == 'M') {
            send(lost ? Reply{.bytes = {}, .close = true} : Reply{.bytes = frame('m', "salt")});
        } else if (request.type == 'R') {
            send(refused_login ? Reply{.bytes = *refused_login, .close = true}
                               : Reply{.bytes = answer('r', {"AuthenticationOK"})});
        } else if (request.type != 'X') {
            send(script(request.type, argument));
        }
    }

    void send(const Reply& reply) {
        const std::size_t piece = reply.cut == 0 ? std::max<std::size_t>(1, reply.bytes.size()) : reply.cut;
        for (std::size_t at = 0; at < reply.bytes.size(); at += piece) {
            outbox.push_back(reply.bytes.substr(at, piece));
        }
        close_after = close_after || reply.close;
        if (!writing) {
            write();
        }
    }

    void write() {
        writing = !outbox.empty();
        if (!writing) {
            if (close_after) {
                socket.close();
            }
            return;
        }
        asio::async_write(socket, asio::buffer(outbox.front()),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (!error) {
                                  self->outbox.pop_front();
                                  self->write();
                              }
                          });
    }

    stream_protocol::socket socket;
    Script script;
    std::shared_ptr<std::string> heard;
    std::optional<std::string> refused_login;
    bool lost;
    PcpDecoder decoder;
    std::array<std::uint8_t, 512> chunk{};
    std::deque<std::string> outbox;
    bool writing = false;
    bool close_after = false;
};

FakePgpool::FakePgpool(asio::io_context& loop, const std::string& path, Script script)
    : listener_(loop, stream_protocol::endpoint(path))
    , script_(std::move(script)) {
    accept();
}

void FakePgpool::accept() {
    listener_.async_accept([this](const error_code& error, stream_protocol::socket socket) {
        if (error) {
            return; // it may be gone
        }
        ++connections_;
        const auto connection = std::make_shared<Connection>(std::move(socket), script_, heard_, login_,
                                                             std::exchange(lose_next_login_, false));
        all_.push_back(connection);
        connection->read();
        accept();
    });
}

void FakePgpool::close_connections() {
    for (const auto& connection : std::exchange(all_, {})) {
        if (const auto open = connection.lock()) {
            open->socket.close();
        }
    }
}

Bench::Bench(FakePgpool::Script script)
    : server(loop, socket(), std::move(script))
    , setup{.address = socket(),
            .user = "belay",
            .password_file = scratch.write("pcppass", "*:*:*:hidden\n"),
            .timeout = std::chrono::seconds(3),
            .keeping = {.quiet_min = {}, .age_max = std::chrono::hours(1), .idle_max = std::chrono::hours(1)}}
    , client(std::make_unique<PcpClient>(loop, setup)) {}

bool Bench::until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!condition()) {
        loop.restart();
        if (loop.run_one_until(end) == 0) {
            return false;
        }
    }
    return true;
}

std::string Bench::text_of(const Result<std::vector<Backend>>& outcome) const {
    if (!outcome) {
        const std::string prefix = "PCP at " + socket() + ": ";
        const std::string& text = outcome.error().text;
        return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
    }
    std::string text;
    for (const Backend& backend : *outcome) {
        text += fmt::format("{}{}:{}/{}", text.empty() ? "" : " ", backend.id, to_text(backend.status),
                            to_text(backend.role));
    }
    return text;
}

std::string Bench::look() {
    std::optional<std::string> text;
    client->backends([&](const Result<std::vector<Backend>>& outcome) { text = text_of(outcome); });
    return until([&] { return text.has_value(); }) ? *text : "no callback";
}

std::string Bench::tell(const Command& command) {
    std::optional<std::string> text;
    client->tell(command,
                 [&](const Status& status) { text = status ? "done" : text_of(std::unexpected(status.error())); });
    return until([&] { return text.has_value(); }) ? *text : "no callback";
}

std::string Bench::reload() {
    std::optional<std::string> text;
    client->reload([&](const Status& status) { text = status ? "done" : text_of(std::unexpected(status.error())); });
    return until([&] { return text.has_value(); }) ? *text : "no callback";
}

} // namespace belay::pgpool::test
