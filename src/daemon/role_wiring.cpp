// The followers of this node's role (`belay run-on`): what they ask.

#include "belay/control/reply.hpp"
#include "belay/daemon/watchdog.hpp"

#include <nlohmann/json.hpp>

namespace belay::daemon {

namespace {

constexpr const char* nobody = "this daemon tells nobody about its role yet";

} // namespace

void Watchdog::answer(const control::request::Follow& /*request*/, const control::ReplyFunction& reply) {
    reply(control::error_reply(nobody));
}

void Watchdog::answer(const control::request::Confirm& /*request*/, const control::ReplyFunction& reply) {
    reply(control::error_reply(nobody));
}

} // namespace belay::daemon
