#include "belay/databases/shared.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>
#include <variant>

namespace belay::databases {

using message::Report;

namespace {

constexpr Duration busy_interval =
    std::chrono::milliseconds(50); // while something is open, times are looked at so often
constexpr Duration rest_interval = std::chrono::milliseconds(500);
constexpr Duration away_min = std::chrono::seconds(2); // without a holder: longer than a failover takes
// A node that was cut off has a pgpool-II that was cut off as well, from the database nodes. What that finds out comes
// late: health_check_timeout after the cut, or when its search for a primary ends. So it is believed again this long
// after it was in line.
constexpr Duration distrust_lasts = std::chrono::seconds(10);
constexpr Duration distrust_max = std::chrono::minutes(6); // a search takes five minutes by default
constexpr Duration ends_repeat = std::chrono::milliseconds(500);
// Without a holder a pgpool-II that cannot be brought in line is better than no VIP.
constexpr Duration patience = std::chrono::seconds(3);

} // namespace

Shared::Shared(Setup setup, bool has_pgpool, Replica kept, std::uint64_t number_start, Instant started)
    : setup_(std::move(setup))
    , has_pgpool_(has_pgpool)
    , replica_(std::move(kept))
    , orderer_(setup_, replica_)
    , reports_(number_start)
    , guards_(setup_.self)
    , known_(replica_.committed())
    , kept_bound_(replica_.bound())
    , kept_accepted_(replica_.accepted().version)
    , no_holder_since_(started)
    , next_(started) {}

Actions Shared::step(Moment now, const Event& event) {
    now_ = now;
    std::visit([this](const auto& happened) { handle(happened); }, event);
    settle();
    return std::exchange(actions_, {});
}

/// What may follow from anything: the order matters, each part builds on those before.
void Shared::settle() {
    orderer_.tick(now_);
    pump();
    expire_guards();
    note_table();
    disbelieve();
    align();
    send_reports();
    pump();
    note_table();
    settle_wishes();
    judge_obstacle();
    plan_next();
}

void Shared::handle(const HolderChanged& changed) {
    const bool led = leads();
    const bool was_alone = !holder_ && now_.boot - no_holder_since_ >= away_min;
    const bool is_another = changed.holder != holder_;
    if (is_another && !changed.holder) {
        no_holder_since_ = now_.boot;
    }
    holder_ = changed.holder;
    if (is_another && holder_ && !leads() && followed_ == std::pair(*holder_, changed.term)) {
        distrust_until_ = now_.boot + distrust_lasts; // the holder held all the time, so this node was cut off
        distrust_end_ = now_.boot + distrust_max;
    }
    if (holder_) {
        followed_ = std::pair(*holder_, changed.term);
    }
    if (is_another && holder_ && !leads() && (was_alone || !peers_.contains(*holder_))) {
        out_of_touch_ = true; // this node may have been away: first the active's word
        caught_up_ = false;
    }
    if (leads()) {
        orderer_.own_sightings(alignment_.sightings());
        orderer_.lead(now_, changed.term);
        out_of_touch_ = false;
    } else if (led) {
        orderer_.stop();
    }
}

void Shared::handle(const PeersChanged& changed) {
    peers_ = changed.peers;
    orderer_.connected(now_, peers_);
    if (holder_ && !leads() && !peers_.contains(*holder_)) {
        out_of_touch_ = true;
    }
}

void Shared::handle(const Looked& looked) {
    alignment_.seen(now_.boot, looked.view, table(), reports_);
    orderer_.own_sightings(alignment_.sightings());
}

void Shared::handle(const MessageHeard& heard) {
    std::visit([this, from = heard.from](const auto& message) { take(from, message); }, heard.message);
}

void Shared::handle(const GuardAsked& asked) {
    const bool attached = asked.request.kind == CommandKind::failback;
    const Entry* const entry = table().find(asked.request.id);
    if (asked.request.kind != CommandKind::follow_primary && entry != nullptr && entry->attached != attached &&
        alignment_.asked_for(now_.boot, asked.request.id, attached)) {
        actions_.emplace_back(
            action::AnswerGuard{.answer = {.request = asked.request.request,
                                           .verdict = GuardVerdict::skip,
                                           .text = "this node asked for it before the others decided otherwise",
                                           .ticket = {}}});
        return;
    }
    guards_.add(asked.request);
}

void Shared::handle(const GuardEnded& ended) {
    if (guards_.done(ended.ticket, ended.exit_code)) {
        ends_told_at_.reset();
    }
}

void Shared::handle(const RulesChanged& changed) {
    setup_.rules = changed.rules;
    orderer_.set_rules(changed.rules);
}

void Shared::deliver(NodeId to, Message message) {
    actions_.emplace_back(action::Send{.to = to, .message = std::move(message)});
}

/// What the orderer wants said; to this node itself it is said at once.
void Shared::pump() {
    for (auto messages = orderer_.take_messages(); !messages.empty(); messages = orderer_.take_messages()) {
        for (Envelope& envelope : messages) {
            if (envelope.to == setup_.self) {
                std::visit([this](const auto& message) { take(setup_.self, message); }, envelope.message);
            } else {
                deliver(envelope.to, std::move(envelope.message));
            }
        }
    }
}

void Shared::note_table() {
    if (known_.version < table().version) {
        Table before = std::exchange(known_, table());
        actions_.emplace_back(action::TableChanged{.before = std::move(before)});
    }
    if (kept_bound_ != replica_.bound() || kept_accepted_ < replica_.accepted().version) {
        kept_bound_ = replica_.bound();
        kept_accepted_ = replica_.accepted().version;
        actions_.emplace_back(action::Keep{});
    }
    for (GuardAnswer& answer : guards_.look(table())) {
        actions_.emplace_back(action::AnswerGuard{.answer = std::move(answer)});
    }
    reports_.compare(table());
}

/// A guard that waits no more is refused, and so is what it reported: its pgpool-II attaches the database node again
/// and may find out once more that it is gone. An event without its command would be half of a failover.
void Shared::expire_guards() {
    for (const GuardRequest& request : guards_.expired(now_.boot)) {
        const Subject status{.kind = Subject::Kind::status, .id = request.id};
        if (request.kind != CommandKind::follow_primary) {
            reports_.drop(status);
        }
        reports_.drop({.kind = Subject::Kind::command, .id = request.id, .command = request.kind});
        actions_.emplace_back(action::AnswerGuard{
            .answer = {.request = request.request,
                       .verdict = GuardVerdict::refused,
                       .text = holder_ ? "the active node did not decide in time" : "there is no active node to decide",
                       .ticket = {}}});
    }
}

void Shared::send_reports() {
    if (!setup_.rules.quorum_required && !holder_) {
        for (Report& report : guards_.wanted(table())) {
            reports_.add(now_.boot, std::move(report));
        }
        for (GuardAnswer& answer : guards_.run_all()) {
            actions_.emplace_back(action::AnswerGuard{.answer = std::move(answer)});
        }
    }
    for (Report& report : guards_.wanted(table())) {
        reports_.add(now_.boot, std::move(report));
    }
    if (!holder_ || (leads() && !orderer_.ordering()) || (!leads() && !peers_.contains(*holder_))) {
        reported_to_.reset();
        return;
    }
    const bool afresh = std::exchange(reported_to_, holder_) != holder_;
    for (Report& report : reports_.due(now_.boot, afresh)) {
        if (leads()) {
            orderer_.take(now_, setup_.self, report);
        } else {
            deliver(*holder_, std::move(report));
        }
    }
    if (afresh || !ends_told_at_ || now_.boot - *ends_told_at_ >= ends_repeat) {
        for (const message::Done& done : guards_.ends(table())) {
            ends_told_at_ = now_.boot;
            if (leads()) {
                orderer_.take(now_, setup_.self, done);
            } else {
                deliver(*holder_, done);
            }
        }
    }
}

/// After this node was cut off: what its pgpool-II says happened is undone, and found out anew if it is true.
void Shared::disbelieve() {
    if (now_.boot >= distrust_until_) {
        return;
    }
    if (!alignment_.in_line(table())) {
        distrust_until_ = std::min(now_.boot + distrust_lasts, distrust_end_);
    }
    std::vector<Report> late = guards_.wanted(table());
    for (const auto& [subject, pending] : reports_.pending()) {
        late.push_back(pending.report);
    }
    for (const Report& report : late) {
        if (report.kind == Report::Kind::command || report.operator_asked) {
            continue;
        }
        reports_.drop(subject_of(report));
        for (GuardAnswer& answer : guards_.refuse(report, "this node was cut off when its pgpool-II saw that")) {
            actions_.emplace_back(action::AnswerGuard{.answer = std::move(answer)});
        }
    }
}

/// Never by a table that may be out of date: the active's word comes first.
void Shared::align() {
    if (!has_pgpool_ || out_of_touch_ || (leads() && !orderer_.ordering())) {
        return;
    }
    std::set<std::uint32_t> recovering;
    for (const auto& [number, command] : tells_) {
        if (const auto* const recover = std::get_if<pgpool::command::Recover>(&command)) {
            recovering.insert(recover->id); // pgpool-II attaches it by itself, at a moment that a look may miss
        }
    }
    for (pgpool::Command& command : alignment_.due(now_.boot, table(), reports_, recovering)) {
        const std::uint64_t number = reports_.next_number();
        tells_.emplace(number, command);
        actions_.emplace_back(action::Tell{.number = number, .command = std::move(command)});
    }
}

/// A node that was away must be brought in line before it may hold the VIPs; one that holds them goes on.
void Shared::judge_obstacle() {
    const bool known = table().version.known();
    const bool knows_all = !holder_ || !out_of_touch_; // as far as anybody can tell it
    caught_up_ = caught_up_ || leads() || !has_pgpool_ || (knows_all && (!known || alignment_.in_line(table())));
    std::string words;
    if (!caught_up_ && (holder_ || now_.boot - no_holder_since_ < patience)) {
        const std::string difference = known ? alignment_.difference(table()) : std::string();
        words = fmt::format("its pgpool-II is not in line with the other nodes yet: {}",
                            out_of_touch_ && holder_ ? "the table of the active node has not come"
                            : difference.empty()     ? "it waits for the table"
                                                     : difference);
    }
    if (words != obstacle_) {
        obstacle_ = words;
        actions_.emplace_back(action::ObstacleChanged{.words = std::move(words)});
    }
}

void Shared::plan_next() {
    const auto& view = alignment_.view();
    const bool busy = !reports_.pending().empty() || !guards_.empty() || !wishes_.empty() ||
                      (orderer_.leading() && (!orderer_.ordering() || !orderer_.votes().empty())) ||
                      (view && view->reachable && (!caught_up_ || !alignment_.in_line(table())));
    next_ = now_.boot + (busy ? busy_interval : rest_interval);
}

} // namespace belay::databases
