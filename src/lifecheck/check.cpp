#include "belay/lifecheck/check.hpp"

#include <cassert>
#include <utility>

namespace belay::lifecheck {

Status can_check(const config::Service& service) {
    using enum config::ServiceKind;
    switch (service.kind) {
    case none:
    case tcp:
    case process:
        return {};
    case postgres:
        return fail("[service] type = postgres is not checked by this version: use process with its pid file, or tcp");
    case pgpool:
        return fail("[service] type = pgpool is not checked by this version: use process with its pid file, or tcp");
    }
    return fail("[service] type {} is unknown", static_cast<int>(service.kind));
}

std::unique_ptr<Check> make_check(boost::asio::io_context& loop, const config::Service& service, Report report) {
    using enum config::ServiceKind;
    assert(can_check(service));
    switch (service.kind) {
    case process:
        return make_process_check(loop, service, std::move(report));
    case tcp:
        return make_tcp_check(loop, service, std::move(report));
    case none:
    case postgres:
    case pgpool:
        break;
    }
    return make_no_check(report);
}

} // namespace belay::lifecheck
