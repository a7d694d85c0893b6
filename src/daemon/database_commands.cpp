// What is asked on the control socket about database nodes, by operators and by the hooks of pgpool-II.

#include "belay/control/reply.hpp"
#include "belay/daemon/watchdog.hpp"

#include <nlohmann/json.hpp>

namespace belay::daemon {

namespace {

constexpr const char* no_section = "no [pgpool] section in the configuration of this node; see belay.ini(5)";

} // namespace

void Watchdog::answer(const control::request::Db& /*request*/, const control::ReplyFunction& reply) {
    reply(control::error_reply(no_section));
}

void Watchdog::answer(const control::request::DbAct& /*request*/, const control::ReplyFunction& reply) {
    reply(control::error_reply(no_section));
}

void Watchdog::answer(const control::request::Guard& /*request*/, const control::ReplyFunction& reply) {
    reply(control::error_reply(no_section));
}

void Watchdog::answer(const control::request::GuardDone& /*request*/, const control::ReplyFunction& reply) {
    reply(control::error_reply(no_section));
}

} // namespace belay::daemon
