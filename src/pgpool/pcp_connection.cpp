#include "pcp_connection.hpp"

#include "belay/pgpool/pcp_login.hpp"
#include "belay/pgpool/pcp_reply.hpp"
#include "belay/pgpool/pcppass.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <cctype>
#include <optional>
#include <sys/un.h>
#include <utility>
#include <variant>

namespace belay::pgpool {

namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;
using SocketAddress = asio::generic::stream_protocol::endpoint;

/// co_await gives the error code as a value instead of throwing it.
constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t read_bytes = 4096;

/// Nothing where a path is longer than the kernel takes.
std::optional<SocketAddress> to_asio(const std::variant<Endpoint, std::string>& address) {
    if (const auto* path = std::get_if<std::string>(&address)) {
        if (path->empty() || path->size() >= sizeof(sockaddr_un{}.sun_path)) {
            return std::nullopt;
        }
        return SocketAddress(asio::local::stream_protocol::endpoint(*path));
    }
    const auto& endpoint = std::get<Endpoint>(address);
    const auto& bytes = endpoint.address.bytes;
    return endpoint.address.is_v6()
               ? SocketAddress(asio::ip::tcp::endpoint(asio::ip::address_v6(bytes), endpoint.port))
               : SocketAddress(asio::ip::tcp::endpoint(asio::ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]}),
                                                       endpoint.port));
}

/// The kernel's words, fit for the middle of a sentence: "connection refused".
std::string words(const ErrorCode& error) {
    std::string text = errno_text(error.value());
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    return text;
}

} // namespace

PcpConnection::PcpConnection(asio::io_context& loop)
    : socket_(loop) {}

std::unexpected<PcpTrouble> PcpConnection::trouble(std::string text, PcpTrouble::Kind kind) {
    close();
    return std::unexpected(late_ ? PcpTrouble{.kind = PcpTrouble::Kind::late, .text = waits_for_}
                                 : PcpTrouble{.kind = kind, .text = std::move(text)});
}

PcpTask<PcpAnswer<void>> PcpConnection::open(const PcpSetup& setup) {
    close();
    late_ = false;
    const auto password = password_from(setup.password_file, password_for(setup.address, setup.user));
    if (!password) {
        co_return trouble(password.error().text);
    }
    auto connected = co_await connect(setup);
    if (!connected) {
        co_return std::unexpected(std::move(connected).error());
    }
    auto logged_in = co_await log_in(setup, *password);
    if (!logged_in) {
        close();
        co_return std::unexpected(std::move(logged_in).error());
    }
    open_ = true;
    waits_for_ = "no answer";
    co_return PcpAnswer<void>{};
}

PcpTask<PcpAnswer<void>> PcpConnection::connect(const PcpSetup& setup) {
    const auto target = to_asio(setup.address);
    if (!target) {
        co_return trouble("the path of a UNIX socket cannot be empty or that long");
    }
    decoder_ = {};
    waits_for_ = "no connection";
    const SocketAddress& address = *target;
    const auto [error] = co_await socket_.async_connect(address, as_values);
    if (error || late_) {
        co_return trouble(words(error));
    }
    ErrorCode ignored;
    socket_.non_blocking(true, ignored); // leave() must not wait
    co_return PcpAnswer<void>{};
}

PcpTask<PcpAnswer<void>> PcpConnection::log_in(const PcpSetup& setup, const SecretBytes& password) {
    waits_for_ = "no answer to the login";
    const PcpRequest salt_wanted = ask_salt();
    auto salt_frame = co_await ask(salt_wanted);
    if (!salt_frame) {
        co_return std::unexpected(std::move(salt_frame).error());
    }
    const auto salt = parse_salt(*salt_frame);
    const auto hash = salt ? login_hash(password, setup.user, *salt) : std::unexpected(salt.error());
    if (!hash) {
        co_return trouble(hash.error().text);
    }
    const PcpRequest login = pgpool::log_in(setup.user, *hash);
    auto answer = co_await ask(login);
    if (!answer) {
        PcpTrouble why = std::move(answer).error();
        if (why.kind == PcpTrouble::Kind::refused) {
            why.text = fmt::format("login as '{}' with {} refused: {}", setup.user, setup.password_file, why.text);
        }
        co_return std::unexpected(std::move(why));
    }
    if (const Status done = parse_done(*answer); !done) {
        co_return trouble(done.error().text);
    }
    co_return PcpAnswer<void>{};
}

PcpTask<PcpAnswer<PcpFrame>> PcpConnection::ask(const PcpRequest& request) {
    const auto bytes = encode(request.frame);
    if (!bytes) {
        co_return trouble(bytes.error().text);
    }
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(*bytes), as_values);
    static_cast<void>(size);
    if (error || late_) {
        co_return trouble("the connection was lost: " + words(error), PcpTrouble::Kind::lost);
    }
    for (;;) {
        auto frame = co_await receive();
        if (!frame || frame->type == request.answer) {
            co_return frame;
        }
        if (frame->type == 'E') {
            co_return refusal(*frame);
        }
        if (frame->type != 'N') {
            co_return trouble(fmt::format("an answer '{}' where '{}' was due", frame->type, request.answer));
        }
    }
}

std::unexpected<PcpTrouble> PcpConnection::refusal(const PcpFrame& frame) {
    PcpComplaint complaint = parse_complaint(frame);
    if (complaint.fatal) {
        close();
    }
    return std::unexpected(PcpTrouble{.kind = PcpTrouble::Kind::refused, .text = std::move(complaint.text)});
}

PcpTask<PcpAnswer<PcpFrame>> PcpConnection::receive() {
    std::array<std::uint8_t, read_bytes> chunk{};
    for (;;) {
        auto frame = decoder_.next();
        if (!frame) {
            co_return trouble("this is not PCP: " + frame.error().text);
        }
        if (auto& whole = *frame) {
            co_return std::move(*whole);
        }
        const auto [error, size] = co_await socket_.async_read_some(asio::buffer(chunk), as_values);
        if (error || late_) {
            co_return trouble(error == asio::error::eof ? "pgpool-II closed the connection"
                                                        : "the connection was lost: " + words(error),
                              PcpTrouble::Kind::lost);
        }
        decoder_.feed(ByteView(chunk).first(size));
    }
}

void PcpConnection::expire() noexcept {
    late_ = true;
    close();
}

void PcpConnection::leave() noexcept {
    if (open_) {
        const auto goodbye = encode(say_goodbye().frame);
        ErrorCode ignored;
        static_cast<void>(socket_.send(asio::buffer(*goodbye), 0, ignored));
    }
    close();
}

void PcpConnection::close() noexcept {
    open_ = false;
    ErrorCode ignored;
    socket_.close(ignored);
}

} // namespace belay::pgpool
