#pragma once
// One kind of check each has a file: process, tcp, postgres, pgpool, and none. They share an event loop, which the
// thread owns, and never block it on another host.

#include "belay/base/result.hpp"
#include "belay/config/settings.hpp"
#include "belay/lifecheck/health.hpp"

#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace belay::lifecheck {

class PcpAccess;

/// A running check. It reports each verdict that it reaches, equal ones again and again too, and never after it was
/// destroyed. Made, used and destroyed on the thread of its loop, which must outlive it.
class Check {
public:
    Check() = default;
    Check(const Check&) = delete;
    Check& operator=(const Check&) = delete;
    Check(Check&&) = delete;
    Check& operator=(Check&&) = delete;
    virtual ~Check() = default;
};

/// Whether that service can be checked with what is known of pgpool-II; the error says what to write instead.
[[nodiscard]] Status can_check(const config::Service& service, const std::optional<config::Pgpool>& partner);

/// Starts the check of a service that can_check() accepted; the first report may come before this returns.
[[nodiscard]] std::unique_ptr<Check> make_check(boost::asio::io_context& loop, const config::Service& service,
                                                const std::optional<config::Pgpool>& partner, Report report);

/// `type = none`: healthy, always.
[[nodiscard]] std::unique_ptr<Check> make_no_check(const Report& report);

/// `type = process`: the process named by a pid file, whose death is known at once.
[[nodiscard]] std::unique_ptr<Check> make_process_check(boost::asio::io_context& loop, const config::Service& service,
                                                        Report report);

/// `type = tcp`: something accepts connections on an address.
[[nodiscard]] std::unique_ptr<Check> make_tcp_check(boost::asio::io_context& loop, const config::Service& service,
                                                    Report report);

/// `type = postgres`: something answers a query on an address.
[[nodiscard]] std::unique_ptr<Check> make_postgres_check(boost::asio::io_context& loop, const config::Service& service,
                                                         Report report);

/// `type = pgpool`: its process, a query through it, and its PCP.
[[nodiscard]] std::unique_ptr<Check> make_pgpool_check(boost::asio::io_context& loop, const config::Service& service,
                                                       std::unique_ptr<PcpAccess> pcp, Report report);

} // namespace belay::lifecheck
