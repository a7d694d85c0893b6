// Something must accept a TCP connection within `timeout`, looked at every `interval` (counted from start to start).
// While a healthy service is in doubt it is looked at four times as often, at most every 50 ms, so that `fall` costs
// little time. Everything is asynchronous: an address that swallows packets delays nothing but its own next look.

#include "belay/lifecheck/check.hpp"
#include "belay/lifecheck/rise_fall.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cctype>
#include <chrono>
#include <utility>

namespace belay::lifecheck {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr Duration recheck_interval_min = std::chrono::milliseconds(50);

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

/// The state that handlers share: they hold it weakly, so that one that comes late finds it gone.
class TcpLooks : public std::enable_shared_from_this<TcpLooks> {
public:
    TcpLooks(asio::io_context& loop, const config::Service& service, Report report)
        : service_(service)
        , report_(std::move(report))
        , verdict_(service.rise, service.fall)
        , socket_(loop)
        , deadline_(loop)
        , pause_(loop) {}

    void look() {
        began_ = Clock::now();
        const std::uint64_t round = ++round_;
        deadline_.expires_after(service_.timeout);
        deadline_.async_wait([weak = weak_from_this(), round](const error_code&) {
            if (const auto self = weak.lock()) {
                self->finish(round, "no answer within " + to_text(self->service_.timeout));
            }
        });
        socket_.async_connect(to_asio(service_.address), [weak = weak_from_this(), round](const error_code& error) {
            if (const auto self = weak.lock()) {
                self->finish(round, self->problem_of(error));
            }
        });
    }

private:
    /// Empty for a good look. A connect to an unused port of this host from the same port, which the kernel may
    /// choose for us, succeeds (RFC 9293 section 3.5, simultaneous open): nobody but we ourselves answered.
    std::string problem_of(const error_code& error) {
        if (error) {
            return words(error);
        }
        error_code ignored;
        const bool to_itself = socket_.local_endpoint(ignored) == socket_.remote_endpoint(ignored);
        return to_itself ? "connection refused" : "";
    }

    /// The first of connection and deadline ends a round; the other one finds its round over.
    void finish(std::uint64_t round, const std::string& problem) {
        if (round != round_) {
            return;
        }
        ++round_;
        error_code ignored;
        socket_.close(ignored);
        deadline_.cancel();
        verdict_.observe(problem.empty());
        const Duration pause = verdict_.in_doubt()
                                   ? std::min(service_.interval, std::max(service_.interval / 4, recheck_interval_min))
                                   : service_.interval;
        pause_.expires_at(began_ + pause); // already past when the look took longer: then at once
        pause_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
            if (const auto self = weak.lock(); self && !cancelled) {
                self->look();
            }
        });
        say(problem); // last: the report may destroy the check
    }

    void say(const std::string& problem) {
        const std::optional<bool> healthy = verdict_.healthy();
        if (!healthy) {
            return; // counting up to the first verdict
        }
        const bool agreed = *healthy == problem.empty();
        std::string detail = to_text(service_.address) + (problem.empty() ? " accepts connections" : ": " + problem);
        if (!problem.empty() || !agreed) {
            detail += fmt::format(" ({} of {})", verdict_.in_a_row(), verdict_.needed());
        }
        report_({.healthy = *healthy, .detail = std::move(detail)});
    }

    config::Service service_;
    Report report_;
    RiseFall verdict_;
    asio::ip::tcp::socket socket_;
    asio::steady_timer deadline_;
    asio::steady_timer pause_;
    Clock::time_point began_;
    std::uint64_t round_ = 0;
};

class TcpCheck final : public Check {
public:
    explicit TcpCheck(std::shared_ptr<TcpLooks> looks)
        : looks_(std::move(looks)) {
        looks_->look();
    }

private:
    std::shared_ptr<TcpLooks> looks_;
};

} // namespace

std::unique_ptr<Check> make_tcp_check(asio::io_context& loop, const config::Service& service, Report report) {
    return std::make_unique<TcpCheck>(std::make_shared<TcpLooks>(loop, service, std::move(report)));
}

} // namespace belay::lifecheck
