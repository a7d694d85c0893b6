#include "belay/lifecheck/check.hpp"

#include "belay/lifecheck/pcp_access.hpp"

#include <cassert>
#include <utility>

namespace belay::lifecheck {

Status can_check(const config::Service& service, const std::optional<config::Pgpool>& partner) {
    if (service.kind == config::ServiceKind::pgpool && !partner) {
        return fail("[service] type = pgpool needs a [pgpool] section, which the daemon was started without; restart "
                    "it, or use type = process");
    }
    return {};
}

std::unique_ptr<Check> make_check(boost::asio::io_context& loop, const config::Service& service,
                                  const std::optional<config::Pgpool>& partner, Report report) {
    using enum config::ServiceKind;
    assert(can_check(service, partner));
    switch (service.kind) {
    case process:
        return make_process_check(loop, service, std::move(report));
    case tcp:
        return make_tcp_check(loop, service, std::move(report));
    case postgres:
        return make_postgres_check(loop, service, std::move(report));
    case pgpool:
        return make_pgpool_check(loop, service, open_pcp(loop, partner.value_or(config::Pgpool{}), service.timeout),
                                 std::move(report));
    case none:
        break;
    }
    return make_no_check(report);
}

} // namespace belay::lifecheck
