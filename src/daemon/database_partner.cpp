#include "belay/daemon/database_partner.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/log.hpp"
#include "belay/daemon/boot_timer.hpp"
#include "belay/daemon/database_json.hpp"
#include "belay/databases/json.hpp"
#include "belay/pgpool/pcp_client.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace belay::daemon {

using databases::HolderChanged;
using databases::PeersChanged;
using nlohmann::json;

DatabasePartner::DatabasePartner(databases::Setup setup, bool has_pgpool, databases::Replica kept, Wires wires)
    : shared_(std::move(setup), has_pgpool, std::move(kept), static_cast<std::uint64_t>(wall_now().count()), boot_now())
    , wires_(std::move(wires)) {}

DatabasePartner::~DatabasePartner() = default;

Result<std::unique_ptr<DatabasePartner>> DatabasePartner::make(boost::asio::io_context& context, databases::Setup setup,
                                                               bool has_pgpool, databases::Replica kept, Wires wires) {
    std::unique_ptr<DatabasePartner> partner(
        new DatabasePartner(std::move(setup), has_pgpool, std::move(kept), std::move(wires)));
    auto timer =
        BootTimer::make(context, [raw = partner.get()](Instant /*planned*/) { raw->step(databases::TimePassed{}); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    partner->timer_ = std::make_unique<BootTimer>(std::move(*timer));
    partner->step(databases::TimePassed{});
    return partner;
}

void DatabasePartner::step(const databases::Event& event) {
    for (const databases::Action& action : shared_.step(moment_now(), event)) {
        std::visit([this](const auto& act) { perform(act); }, action);
    }
    timer_->arm(shared_.next_deadline());
}

void DatabasePartner::holder(const std::optional<NodeId>& holder, core::Term term) {
    if (holder_ != holder || (holder && term_ != term)) {
        holder_ = holder;
        term_ = term;
        step(HolderChanged{.holder = holder, .term = term});
    }
}

void DatabasePartner::peers(const std::set<NodeId>& joined) {
    if (peers_ != joined) {
        peers_ = joined;
        step(PeersChanged{.peers = joined});
    }
}

void DatabasePartner::looked(pgpool::View view) {
    note_view(view);
    step(databases::Looked{.view = std::move(view)});
}

/// That pgpool-II does not answer is told once, and that it does again.
void DatabasePartner::note_view(const pgpool::View& view) {
    const std::string problem = view.reachable ? std::string() : view.problem;
    if (view_problem_ == problem) {
        return;
    }
    if (!problem.empty()) {
        log::warning("pgpool", {{"problem", problem}, {"next", "its database nodes are asked for again"}});
    } else {
        log::notice("pgpool", {{"databases", view.backends.size()}, {"answers", true}});
    }
    view_problem_ = problem;
}

Status DatabasePartner::heard(NodeId from, const json& message) {
    auto read = databases::message_from_json(message);
    if (!read) {
        return std::unexpected(read.error());
    }
    step(databases::MessageHeard{.from = from, .message = *std::move(read)});
    return {};
}

void DatabasePartner::set_rules(const databases::Rules& rules) {
    step(databases::RulesChanged{.rules = rules});
}

void DatabasePartner::guard(databases::GuardRequest request, Answer answer) {
    request.request = ++next_request_;
    asked_.emplace(request.request, std::move(answer));
    step(databases::GuardAsked{.request = request});
}

Status DatabasePartner::guard_ended(const std::string& ticket, std::int64_t exit_code) {
    log::notice("guard_done", {{"ticket", ticket}, {"exit_code", exit_code}});
    step(databases::GuardEnded{.ticket = ticket, .exit_code = exit_code});
    return {};
}

void DatabasePartner::act(databases::ActAsked asked, Answer answer) {
    asked.request = ++next_request_;
    asked_.emplace(asked.request, std::move(answer));
    step(asked);
}

json DatabasePartner::table_json() const {
    return database_table_json(shared_, boot_now(), wires_.name_of);
}

void DatabasePartner::perform(const databases::action::Send& send) {
    wires_.send(send.to, databases::to_json(send.message));
}

void DatabasePartner::perform(const databases::action::Tell& tell) {
    log::notice("pgpool_told", {{"command", pgpool::to_text(tell.command)}});
    wires_.tell(tell.command, [this, number = tell.number, words = pgpool::to_text(tell.command)](const Status& done) {
        if (!done) {
            log::warning("pgpool_refused", {{"command", words}, {"problem", done.error().text}});
        }
        step(databases::Told{.number = number,
                             .problem = done ? std::string() : done.error().text,
                             .maybe_taken = done || done.error().code != pgpool::not_taken});
    });
}

void DatabasePartner::perform(const databases::action::AnswerGuard& answer) {
    const auto& [request, verdict, text, ticket] = answer.answer;
    const auto asked = asked_.extract(request);
    if (!asked.empty()) {
        log::notice("guard", {{"verdict", databases::to_text(verdict)}, {"text", text}});
        // Not always pgpool-II's word: one that was told to attach a dead primary again has forgotten which it was.
        const auto& primary = shared_.table().primary;
        asked.mapped()(json{{"verdict", databases::to_text(verdict)},
                            {"text", text},
                            {"ticket", ticket},
                            {"primary", primary ? json(*primary) : json(nullptr)}});
    }
}

void DatabasePartner::perform(const databases::action::AnswerAct& answer) {
    const auto asked = asked_.extract(answer.request);
    if (asked.empty()) {
        return;
    }
    if (answer.good) {
        asked.mapped()(json{{"text", answer.text}});
    } else {
        asked.mapped()(fail("{}", answer.text));
    }
}

void DatabasePartner::perform(const databases::action::TableChanged& changed) {
    const databases::Table& now = shared_.table();
    for (DatabaseEvent& event : changes_between(changed.before, now)) {
        event.unix_time = wall_now();
        log::line(is_trouble(event.kind) ? log::Level::warning : log::Level::notice, event_of(event.kind),
                  {{"id", event.id},
                   {"by", wires_.name_of(event.by)},
                   {"version", databases::to_text(event.version)},
                   {"reason", event.reason}});
        events_.add(std::move(event));
    }
    if (changed.before.primary != now.primary) {
        wires_.primary_changed();
    }
}

void DatabasePartner::perform(const databases::action::Keep& /*keep*/) {
    wires_.keep(databases::to_json(shared_.replica()));
}

void DatabasePartner::perform(const databases::action::ObstacleChanged& changed) {
    wires_.obstacle(changed.words);
}

} // namespace belay::daemon
