// What is asked on the control socket about database nodes, by operators and by the hooks of pgpool-II.

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/control/reply.hpp"
#include "belay/daemon/watchdog.hpp"

#include <nlohmann/json.hpp>

namespace belay::daemon {

using control::error_reply;
using control::ok_reply;
using nlohmann::json;

namespace {

constexpr Duration act_wait_default = std::chrono::seconds(10);

databases::CommandKind kind_of(control::request::Guard::Kind kind) {
    switch (kind) {
    case control::request::Guard::Kind::failback:
        return databases::CommandKind::failback;
    case control::request::Guard::Kind::follow_primary:
        return databases::CommandKind::follow_primary;
    case control::request::Guard::Kind::failover:
        break;
    }
    return databases::CommandKind::failover;
}

databases::ActAsked::Act act_of(control::request::DbAct::Act act) {
    switch (act) {
    case control::request::DbAct::Act::attach:
        return databases::ActAsked::Act::attach;
    case control::request::DbAct::Act::promote:
        return databases::ActAsked::Act::promote;
    case control::request::DbAct::Act::recover:
        return databases::ActAsked::Act::recover;
    case control::request::DbAct::Act::detach:
        break;
    }
    return databases::ActAsked::Act::detach;
}

json no_section() {
    return error_reply("there is no [pgpool] section in the configuration of this node; see belay.ini(5)");
}

} // namespace

void Watchdog::answer(const control::request::Db& /*request*/, const control::ReplyFunction& reply) {
    reply(databases_ ? ok_reply(databases_->table_json()) : no_section());
}

void Watchdog::answer(const control::request::DbAct& request, const control::ReplyFunction& reply) {
    if (!databases_) {
        reply(no_section());
        return;
    }
    log::notice("database_asked", {{"act", control::request::word_of(request.act)}, {"id", request.id}});
    databases_->act(
        {.request = 0,
         .act = act_of(request.act),
         .id = request.id,
         .deadline = boot_now() + request.wait.value_or(act_wait_default)},
        [reply](const Result<json>& done) { reply(done ? ok_reply(*done) : error_reply(done.error().text)); });
}

void Watchdog::answer(const control::request::Guard& request, const control::ReplyFunction& reply) {
    if (!databases_) {
        reply(no_section());
        return;
    }
    databases_->guard({.request = 0,
                       .kind = kind_of(request.kind),
                       .id = request.id,
                       .new_main = request.new_main,
                       .deadline = boot_now() + request.deadline},
                      [reply](const Result<json>& verdict) { reply(ok_reply(*verdict)); });
}

void Watchdog::answer(const control::request::GuardDone& request, const control::ReplyFunction& reply) {
    if (!databases_) {
        reply(no_section());
        return;
    }
    const Status ended = databases_->guard_ended(request.ticket, request.exit_code);
    reply(ended ? ok_reply({{"text", "noted"}}) : error_reply(ended.error().text));
}

} // namespace belay::daemon
