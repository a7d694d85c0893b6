// Something must accept a TCP connection. Everything is asynchronous: an address that swallows packets delays nothing
// but its own next look.

#include "belay/lifecheck/check.hpp"
#include "belay/lifecheck/looks.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cctype>
#include <utility>

namespace belay::lifecheck {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

asio::ip::tcp::endpoint to_asio(const Endpoint& endpoint) {
    const auto& bytes = endpoint.address.bytes;
    if (endpoint.address.is_v6()) {
        return {asio::ip::address_v6(bytes), endpoint.port};
    }
    return {asio::ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]}), endpoint.port};
}

/// The kernel's words, fit for the middle of a sentence: "connection refused".
std::string words(const error_code& error) {
    std::string text = errno_text(error.value());
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    return text;
}

/// One connection. Its handler holds the socket weakly, so that one that comes late finds it gone.
class Connection final : public Look {
public:
    Connection(asio::io_context& loop, const Endpoint& address, LookDone done)
        : socket_(std::make_shared<asio::ip::tcp::socket>(loop)) {
        socket_->async_connect(to_asio(address),
                               [weak = std::weak_ptr(socket_), report = std::move(done)](const error_code& error) {
                                   if (const auto socket = weak.lock()) {
                                       report(problem_of(error, *socket));
                                   }
                               });
    }

private:
    /// Empty for a good look. A connect to an unused port of this host from the same port, which the kernel may
    /// choose for us, succeeds (RFC 9293 section 3.5, simultaneous open): nobody but we ourselves answered.
    static std::string problem_of(const error_code& error, const asio::ip::tcp::socket& socket) {
        if (error) {
            return words(error);
        }
        error_code ignored;
        const bool to_itself = socket.local_endpoint(ignored) == socket.remote_endpoint(ignored);
        return to_itself ? "connection refused" : "";
    }

    std::shared_ptr<asio::ip::tcp::socket> socket_;
};

class TcpCheck final : public Check {
public:
    TcpCheck(asio::io_context& loop, const config::Service& service, Report report)
        : looks_(
              loop, pace_of(service),
              [&loop, address = service.address](LookDone done) {
                  return std::make_unique<Connection>(loop, address, std::move(done));
              },
              [address = to_text(service.address), tell = std::move(report)](const Finding& finding) {
                  if (finding.healthy) {
                      tell({.healthy = *finding.healthy, .detail = in_words(finding, address, "accepts connections")});
                  }
              }) {}

private:
    Looks looks_;
};

} // namespace

std::unique_ptr<Check> make_tcp_check(asio::io_context& loop, const config::Service& service, Report report) {
    return std::make_unique<TcpCheck>(loop, service, std::move(report));
}

} // namespace belay::lifecheck
