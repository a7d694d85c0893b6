// What operators ask on the control socket (DESIGN sections 6 and 9), and what other nodes pass on for them.

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/control/reply.hpp"
#include "belay/daemon/watchdog.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

namespace {

using control::error_reply;
using control::ok_reply;
using nlohmann::json;

constexpr Duration peer_answer_max = std::chrono::seconds(2); // for the active node to take an order

/// A text member of an object from the network, if it is one.
std::optional<std::string> text_at(const json& object, const char* key) {
    if (!object.is_object()) {
        return std::nullopt;
    }
    const auto member = object.find(key);
    return member != object.end() && member->is_string() ? std::optional(member->get<std::string>()) : std::nullopt;
}

} // namespace

/// Whose requests count besides those of root and belay (belay.ini(5), `user` of [pgpool] and [hooks]).
control::AccessRules Watchdog::access_rules() const {
    const config::Settings& settings = prepared_.settings;
    control::AccessRules rules = control::host_access_rules();
    const auto find = [](const std::string& user, const char* section, bool wanted) {
        const auto found = control::look_up_user(user);
        if (!found && wanted) {
            log::warning("no_such_user",
                         {{"user", user}, {"section", section}, {"next", "only root and user belay are obeyed"}});
        }
        return found;
    };
    if (settings.pgpool) {
        rules.guard = find(settings.pgpool->user, "pgpool", true);
    }
    rules.hooks = find(settings.hooks.user, "hooks", settings.hooks != config::Hooks{});
    return rules;
}

void Watchdog::serve(const control::Request& request, control::ReplyFunction reply) {
    std::visit([this, &reply](const auto& asked) { answer(asked, reply); }, request);
}

StatusSource Watchdog::source() const {
    const bool witness = prepared_.settings.find_node(prepared_.run.self)->kind == config::NodeKind::witness;
    return {.now = boot_now(),
            .settings = prepared_.settings,
            .election = election_,
            .heartbeat = heartbeat_report_,
            .info = info_report_,
            .health = health_,
            .rivals = rivals_,
            .peer_health = peer_health_,
            .vips = witness ? std::vector<VipState>{} : vips_->states(),
            .fence = fence_->state(),
            .counters = own_counters()};
}

std::map<std::string, std::uint64_t> Watchdog::own_counters() const {
    const control::ServerCounters& control = control_->counters();
    return {{"stalls", stalls_},
            {"stall_ms_max", static_cast<std::uint64_t>(to_ms(stall_max_))},
            {"control_requests", control.requests},
            {"control_requests_malformed", control.requests_malformed},
            {"control_requests_refused", control.requests_refused_rights},
            {"control_clients_refused", control.clients_refused_rights + control.clients_refused_full},
            {"control_clients_timed_out", control.clients_timed_out}};
}

void Watchdog::answer(const control::request::Status& /*request*/, const control::ReplyFunction& reply) {
    reply(ok_reply(status_json(source())));
}

void Watchdog::answer(const control::request::Nodes& /*request*/, const control::ReplyFunction& reply) {
    reply(ok_reply(nodes_json(source())));
}

void Watchdog::answer(const control::request::Vips& /*request*/, const control::ReplyFunction& reply) {
    reply(ok_reply(vips_json(source())));
}

void Watchdog::answer(const control::request::Events& request, const control::ReplyFunction& reply) {
    reply(ok_reply(
        events_json({.settings = prepared_.settings,
                     .self = prepared_.run.self,
                     .changes = history_.last(request.count),
                     .conflicts = vips_->conflicts().last(request.count),
                     .fence = fence_->events().last(request.count),
                     .databases = databases_ ? databases_->events().last(request.count) : std::vector<DatabaseEvent>{}},
                    request.count)));
}

void Watchdog::answer(const control::request::Version& /*request*/, const control::ReplyFunction& reply) {
    reply(ok_reply({{"version", BELAY_VERSION}}));
}

void Watchdog::answer(const control::request::Maintenance& request, const control::ReplyFunction& reply) {
    core::Maintenance maintenance{.on = request.on, .until = {}};
    if (request.on && request.length) {
        maintenance.until = boot_now() + *request.length;
    }
    const Status kept = prepared_.runtime.remember_maintenance(
        prepared_.run.incarnation.boot_id,
        request.on ? std::optional(Maintenance{.until = maintenance.until}) : std::nullopt);
    if (!kept) {
        log::warning("maintenance", {{"problem", kept.error().text}, {"next", "a restart of the daemon forgets it"}});
    }
    log::notice("maintenance",
                {{"on", request.on}, {"for", request.length ? to_text(*request.length) : "until it is switched off"}});
    step(core::MaintenanceChanged{.maintenance = maintenance});
    std::string text = !request.on      ? std::string("maintenance is off")
                       : request.length ? fmt::format("in maintenance for {}", to_text(*request.length))
                                        : std::string("in maintenance until `belay maintenance off`");
    if (!kept) {
        text += "; but a restart of the daemon forgets that: " + kept.error().text;
    }
    reply(ok_reply({{"on", request.on}, {"text", std::move(text)}}));
}

void Watchdog::answer(const control::request::Reload& /*request*/, const control::ReplyFunction& reply) {
    const auto changed = reload();
    if (!changed) {
        reply(error_reply(changed.error().text));
        return;
    }
    const std::string text =
        changed->empty() ? "nothing changed" : fmt::format("changed: {}", fmt::join(*changed, "; "));
    reply(ok_reply({{"changed", *changed}, {"text", text}}));
}

core::action::Reply Watchdog::switch_over(const std::optional<NodeId>& to) {
    last_reply_.reset();
    step(core::SwitchoverAsked{.to = to});
    return last_reply_.value_or(
        core::action::Reply{.accepted = false, .to = {}, .text = "the daemon is busy; try again"});
}

void Watchdog::answer(const control::request::Switchover& request, const control::ReplyFunction& reply) {
    if (request.to && prepared_.settings.find_node(*request.to) == nullptr) {
        reply(error_reply(
            fmt::format("there is no node '{}' in the configuration; `belay nodes` lists them", *request.to)));
        return;
    }
    const auto holder = election_.holder(boot_now());
    if (holder && *holder != prepared_.run.self) {
        switch_over_elsewhere(*holder, request, reply);
        return;
    }
    const auto done = switch_over(request.to ? std::optional(node_id(*request.to)) : std::nullopt);
    if (!done.accepted) {
        reply(error_reply(done.text));
        return;
    }
    switchover_accepted(prepared_.run.self, request,
                        {{"from", prepared_.settings.name_of(prepared_.run.self)},
                         {"to", prepared_.settings.name_of(done.to)},
                         {"text", done.text}},
                        reply);
}

/// Another node is active: the order goes to it over the info channel.
void Watchdog::switch_over_elsewhere(NodeId holder, const control::request::Switchover& request,
                                     const control::ReplyFunction& reply) {
    json order{{"command", "switchover"}};
    if (request.to) {
        order["to"] = *request.to;
    }
    info_->ask(holder, std::move(order), peer_answer_max, [this, holder, request, reply](Result<json> answered) {
        // info -> watchdog
        boost::asio::post(context_, [this, holder, request, reply, answered = std::move(answered)] {
            const std::string name = prepared_.settings.name_of(holder);
            if (!answered) {
                reply(error_reply(fmt::format("{} is active, but does not take the order: {}; run the command there",
                                              name, answered.error().text)));
            } else if (const auto error = text_at(*answered, "error")) {
                reply(error_reply(*error));
            } else {
                const auto to = text_at(*answered, "to");
                switchover_accepted(holder, request,
                                    {{"from", name},
                                     {"to", to ? json(*to) : json(nullptr)},
                                     {"text", text_at(*answered, "text").value_or("done")}},
                                    reply);
            }
        });
    });
}

/// Answers now, or when the VIPs have moved.
void Watchdog::switchover_accepted(NodeId from, const control::request::Switchover& request, json result,
                                   const control::ReplyFunction& reply) {
    const auto to = text_at(result, "to");
    const auto holder = election_.holder(boot_now());
    if (!request.wait || (holder && *holder != from)) {
        reply(ok_reply(std::move(result)));
        return;
    }
    const auto pending = std::make_shared<PendingSwitchover>(
        PendingSwitchover{.reply = reply,
                          .from = from,
                          .to = to ? std::optional(node_id(*to)) : std::nullopt,
                          .deadline = std::make_unique<boost::asio::steady_timer>(context_, *request.wait)});
    pending_switchovers_.push_back(pending);
    pending->deadline->async_wait(
        [this, expected = std::weak_ptr(pending), wait = *request.wait](const boost::system::error_code& cancelled) {
            const auto waiting = expected.lock(); // settled in the meantime: gone
            if (!cancelled && waiting) {
                waiting->reply(error_reply(
                    fmt::format("no other node serves after {}; `belay events` tells what happened", to_text(wait))));
                std::erase(pending_switchovers_, waiting);
            }
        });
}

void Watchdog::settle_switchovers(NodeId new_holder) {
    const std::string name = prepared_.settings.name_of(new_holder);
    std::erase_if(pending_switchovers_, [this, new_holder, &name](const std::shared_ptr<PendingSwitchover>& pending) {
        if (pending->from == new_holder) {
            return false;
        }
        const NodeId wanted = pending->to.value_or(new_holder);
        if (wanted != new_holder) {
            pending->reply(error_reply(
                fmt::format("{} serves, not {}; `belay events` tells why", name, prepared_.settings.name_of(wanted))));
        } else {
            pending->reply(ok_reply({{"from", prepared_.settings.name_of(pending->from)},
                                     {"to", name},
                                     {"text", fmt::format("{} serves now", name)}}));
        }
        return true;
    });
}

/// An operator's order that another node passes on.
void Watchdog::serve_peer(NodeId peer, const json& request, const info::Reply& reply) {
    if (text_at(request, "command") == "databases") {
        hear_databases(peer, request, reply);
        return;
    }
    if (text_at(request, "command") == "queried") {
        hear_queried(peer, request, reply);
        return;
    }
    if (text_at(request, "command") != "switchover") {
        reply({{"error", "this node does not know that request; is it of another version?"}});
        return;
    }
    const auto to = text_at(request, "to");
    log::notice("switchover_asked",
                {{"through", prepared_.settings.name_of(peer)}, {"to", to.value_or("the best node")}});
    const auto done = switch_over(to ? std::optional(node_id(*to)) : std::nullopt);
    if (done.accepted) {
        reply({{"to", prepared_.settings.name_of(done.to)}, {"text", done.text}});
    } else {
        reply({{"error", done.text}});
    }
}

} // namespace belay::daemon
