#include "pcp_connection.hpp"

#include "belay/pgpool/pcp_login.hpp"
#include "belay/pgpool/pcppass.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

namespace belay::pgpool {

namespace {

namespace asio = boost::asio;
using asio::generic::stream_protocol;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view socket_name = ".s.PGSQL."; // then the port: what .pcppass asks for

std::unexpected<PcpFailure> broken(std::string text) {
    return std::unexpected(PcpFailure{.kind = PcpFailure::Kind::broken, .text = std::move(text)});
}

asio::ip::tcp::endpoint to_asio(const Endpoint& endpoint) {
    const auto& bytes = endpoint.address.bytes;
    if (endpoint.address.is_v6()) {
        return {asio::ip::address_v6(bytes), endpoint.port};
    }
    return {asio::ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]}), endpoint.port};
}

std::uint16_t port_of_socket(std::string_view path) {
    const std::size_t name = path.rfind(socket_name);
    std::uint16_t port = 0;
    if (name != std::string_view::npos) {
        const std::string_view digits = path.substr(name + socket_name.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), port);
    }
    return port;
}

} // namespace

std::string PcpConnection::where() const {
    const auto* const endpoint = std::get_if<Endpoint>(&setup_.address);
    return "PCP at " + (endpoint != nullptr ? belay::to_text(*endpoint) : std::get<std::string>(setup_.address));
}

PcpConnection::Task<PcpResult<void>> PcpConnection::open() {
    close();
    decoder_ = {};
    stream_protocol::endpoint to;
    if (const auto* const endpoint = std::get_if<Endpoint>(&setup_.address)) {
        to = to_asio(*endpoint);
    } else {
        const auto& path = std::get<std::string>(setup_.address);
        if (path.size() >= sizeof(sockaddr_un::sun_path)) {
            co_return broken("the path of the socket is too long for the kernel");
        }
        to = asio::local::stream_protocol::endpoint(path);
    }
    const auto [error] = co_await socket_.async_connect(to, as_values);
    if (error) {
        co_return broken("cannot connect: " + errno_text(error.value()));
    }
    co_return co_await authenticate();
}

PcpConnection::Task<PcpResult<void>> PcpConnection::authenticate() {
    const auto* const endpoint = std::get_if<Endpoint>(&setup_.address);
    const std::string host = endpoint != nullptr ? belay::to_text(endpoint->address) : "localhost";
    const std::uint16_t port =
        endpoint != nullptr ? endpoint->port : port_of_socket(std::get<std::string>(setup_.address));
    const auto password = password_from(setup_.password_file, {.host = host, .port = port, .user = setup_.user});
    if (!password) {
        co_return broken(password.error().text);
    }
    PcpRequest salt_request = ask_salt();
    auto salted = co_await ask(std::move(salt_request));
    if (!salted) {
        co_return std::unexpected(std::move(salted).error());
    }
    const auto salt = parse_salt(*salted);
    if (!salt) {
        co_return broken(salt.error().text);
    }
    const auto hash = login_hash(*password, setup_.user, *salt);
    if (!hash) {
        co_return broken(hash.error().text);
    }
    PcpRequest login = log_in(setup_.user, *hash);
    const auto answered = co_await ask(std::move(login));
    if (!answered) {
        co_return broken("login refused for user " + setup_.user + ": " + answered.error().text);
    }
    if (const Status done = parse_done(*answered); !done) {
        co_return broken(done.error().text);
    }
    co_return PcpResult<void>();
}

PcpConnection::Task<PcpResult<PcpFrame>> PcpConnection::receive() {
    std::array<std::uint8_t, 4096> chunk{};
    bool begun = false;
    for (;;) {
        auto frame = decoder_.next();
        if (!frame) {
            close();
            co_return broken(frame.error().text);
        }
        if (auto& whole = *frame) {
            co_return std::move(*whole);
        }
        const auto [error, size] = co_await socket_.async_read_some(asio::buffer(chunk), as_values);
        if (error) {
            close();
            const bool by_peer = error == asio::error::eof || error == asio::error::connection_reset;
            co_return std::unexpected(
                PcpFailure{.kind = by_peer && !begun ? PcpFailure::Kind::closed : PcpFailure::Kind::broken,
                           .text = by_peer ? "pgpool-II closed the connection" : errno_text(error.value())});
        }
        begun = true;
        decoder_.feed(std::span(chunk).first(size));
    }
}

PcpConnection::Task<PcpResult<PcpFrame>> PcpConnection::ask(PcpRequest request) {
    const auto bytes = encode(request.frame);
    if (!bytes) {
        co_return broken(bytes.error().text);
    }
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(*bytes), as_values);
    if (error) {
        close();
        co_return std::unexpected(
            PcpFailure{.kind = PcpFailure::Kind::closed, .text = "cannot write: " + errno_text(error.value())});
    }
    for (;;) {
        auto frame = co_await receive();
        if (!frame || frame->type == request.answer) {
            co_return frame;
        }
        if (frame->type == 'E') {
            const PcpComplaint complaint = parse_complaint(*frame);
            if (complaint.fatal) {
                close();
            }
            co_return std::unexpected(PcpFailure{.kind = PcpFailure::Kind::refused, .text = complaint.text});
        }
        if (frame->type != 'N') {
            close();
            co_return broken(std::string("an answer of type ") + frame->type + " came for a request " +
                             request.frame.type);
        }
    }
}

void PcpConnection::leave() noexcept {
    if (!socket_.is_open()) {
        return;
    }
    try {
        if (const auto bytes = encode(say_goodbye().frame)) {
            static_cast<void>(
                ::send(socket_.native_handle(), bytes->data(), bytes->size(), MSG_DONTWAIT | MSG_NOSIGNAL));
        }
    } catch (const std::exception&) {
        close(); // no memory: pgpool-II logs that we left without a word
        return;
    }
    close();
}

void PcpConnection::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

} // namespace belay::pgpool
