#include "belay/databases/alignment.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <variant>

namespace belay::databases {

using message::Report;
using pgpool::Backend;
using pgpool::BackendRole;
using pgpool::BackendStatus;

namespace {

constexpr Duration mark_first = std::chrono::seconds(3); // for pgpool-II to carry out what it queued; then again
constexpr Duration mark_max = std::chrono::minutes(1);   // doubled up to that: its queue is short
// A pgpool-II that searches for a primary carries out nothing else, by default for five minutes; what it was told
// before comes then.
constexpr Duration echo_max = std::chrono::minutes(6);
constexpr Duration refusal_pause = std::chrono::seconds(3); // before it is asked again
constexpr unsigned refusals_max = 3;                        // then it counts as in line, and its problem is shown
// A pgpool-II looks for the new primary by itself once the old one is detached. Claiming one has side effects (all
// others are marked down for a moment), so it is the last resort.
constexpr Duration claim_after = std::chrono::seconds(20);
constexpr Duration claim_lasts = std::chrono::seconds(5);

} // namespace

void Alignment::seen(Instant now, const pgpool::View& view, const Table& table, Reports& reports) {
    view_ = view;
    if (!view.reachable) {
        attached_.clear();
        primary_.reset();
        return;
    }
    for (const Backend& backend : view.backends) {
        if (backend.status != BackendStatus::unused) {
            see_status(now, backend, table, reports);
        }
    }
    see_primary(now, table, reports);
}

void Alignment::see_status(Instant now, const Backend& backend, const Table& table, Reports& reports) {
    const bool attached = backend.attached();
    const auto before = attached_.find(backend.id);
    const bool changed = before != attached_.end() && before->second != attached;
    const Entry* const entry = table.find(backend.id);
    Report report{.kind = attached ? Report::Kind::attached : Report::Kind::detached,
                  .id = backend.id,
                  .host = backend.host,
                  .port = backend.port,
                  .base = entry == nullptr ? Version{} : entry->changed};
    const bool is_news = entry == nullptr ? table.version.known() : changed && attached != entry->attached;
    // What was asked for when the table said otherwise is still on its way, however well the pgpool-II agrees
    // meanwhile.
    const bool marked = is_marked(now, backend.id);
    const bool carried_out = marked && changed && marks_.at(backend.id).attached == attached;
    const bool agrees = entry != nullptr && attached == entry->attached;
    if (carried_out || (agrees && (!marked || marks_.at(backend.id).attached == attached))) {
        marks_.erase(backend.id);
    }
    if (agrees) {
        if (changed) {
            reports.drop(subject_of(report)); // it came back by itself
        }
    } else if (is_news && !marked && now >= claimed_until_ && !asked_for(now, backend.id, attached)) {
        reports.add(now, std::move(report));
    }
    // After a gap in which the pgpool-II was not seen, the state that was asked for has come about in that gap.
    const auto asked = asked_.find({backend.id, attached});
    const bool carried_out_unseen = before == attached_.end() && asked != asked_.end();
    if (asked != asked_.end() && (changed || carried_out_unseen)) {
        // Its hook is still to come.
        asked->second.echo_until = std::min(asked->second.echo_until, now + mark_first);
    }
    // pgpool-II does one thing after another: what it did before this has had its hook.
    if (const auto earlier = asked_.find({backend.id, !attached});
        (changed || carried_out_unseen) && earlier != asked_.end() && earlier->second.echo_until <= now + mark_first) {
        asked_.erase(earlier);
    }
    attached_[backend.id] = attached;
}

void Alignment::see_primary(Instant now, const Table& table, Reports& reports) {
    const auto seen = primary();
    const bool changed = primary_ && *primary_ != seen;
    primary_ = seen;
    if (seen && changed && table.version.known() && table.primary != seen) {
        reports.add(now, {.kind = Report::Kind::primary, .id = *seen, .base = table.primary_changed});
    } else if (table.primary == seen) {
        reports.drop({.kind = Subject::Kind::primary, .id = 0});
    }
}

bool Alignment::is_marked(Instant now, std::uint32_t id) const {
    const auto mark = marks_.find(id);
    return mark != marks_.end() && now < mark->second.until;
}

bool Alignment::asked_for(Instant now, std::uint32_t id, bool attached) const {
    const auto asked = asked_.find({id, attached});
    return asked != asked_.end() && now < asked->second.echo_until;
}

std::optional<std::uint32_t> Alignment::primary() const {
    if (!view_ || !view_->reachable) {
        return std::nullopt;
    }
    const auto found = std::ranges::find_if(view_->backends, [](const Backend& backend) {
        return backend.role == BackendRole::primary && backend.attached();
    });
    return found == view_->backends.end() ? std::nullopt : std::optional(found->id);
}

std::optional<Sightings> Alignment::sightings() const {
    if (!view_ || !view_->reachable) {
        return std::nullopt;
    }
    Sightings sightings{.backends = {}, .primary = primary()};
    for (const Backend& backend : view_->backends) {
        if (backend.status != BackendStatus::unused) {
            sightings.backends.push_back(
                {.id = backend.id, .host = backend.host, .port = backend.port, .attached = backend.attached()});
        }
    }
    return sightings;
}

std::vector<pgpool::Command> Alignment::due(Instant now, const Table& table, const Reports& reports,
                                            const std::set<std::uint32_t>& busy) {
    std::vector<pgpool::Command> commands;
    for (const Entry& entry : table.entries) {
        const auto seen = attached_.find(entry.id);
        if (seen == attached_.end() || seen->second == entry.attached || is_marked(now, entry.id) ||
            now < claimed_until_ || busy.contains(entry.id) ||
            reports.has({.kind = Subject::Kind::status, .id = entry.id})) {
            continue;
        }
        Mark& mark = marks_[entry.id];
        if (mark.attached != entry.attached) {
            mark.refusals = 0;
            mark.pause = {};
        }
        mark.attached = entry.attached;
        mark.pause = std::clamp(2 * mark.pause, mark_first, mark_max);
        mark.until = now + mark.pause;
        const bool before = asked_for(now, entry.id, entry.attached);
        asked_[{entry.id, entry.attached}] = {.echo_until = now + echo_max, .before = before};
        if (entry.attached) {
            commands.emplace_back(pgpool::command::Attach{.id = entry.id});
        } else {
            commands.emplace_back(pgpool::command::Detach{.id = entry.id});
        }
    }
    if (const auto claim = claim_due(now, table, reports)) {
        commands.push_back(*claim);
    }
    return commands;
}

std::optional<pgpool::Command> Alignment::claim_due(Instant now, const Table& table, const Reports& reports) {
    const Entry* const wanted = table.primary ? table.find(*table.primary) : nullptr;
    const auto own = wanted == nullptr ? attached_.end() : attached_.find(wanted->id);
    const bool differs = wanted != nullptr && wanted->attached && own != attached_.end() && own->second &&
                         primary() != table.primary && !reports.has({.kind = Subject::Kind::primary, .id = 0}) &&
                         now >= claimed_until_;
    if (!differs) {
        other_primary_since_.reset();
        return std::nullopt;
    }
    if (!other_primary_since_) {
        other_primary_since_ = now;
    }
    if (now - *other_primary_since_ < claim_after) {
        return std::nullopt;
    }
    other_primary_since_.reset();
    claimed_until_ = now + claim_lasts;
    return pgpool::command::Claim{.id = wanted->id};
}

void Alignment::told(Instant now, const pgpool::Command& command, const std::string& problem, bool maybe_taken) {
    const std::uint32_t id = std::visit([](const auto& told) { return told.id; }, command);
    const auto mark = marks_.find(id);
    if (mark == marks_.end() || problem.empty()) {
        return;
    }
    const bool attach = std::holds_alternative<pgpool::command::Attach>(command);
    if (const auto asked = asked_.find({id, attach});
        (attach || std::holds_alternative<pgpool::command::Detach>(command)) && !maybe_taken && asked != asked_.end() &&
        !asked->second.before) {
        asked_.erase(asked); // nothing is queued, so what says so is no echo
    }
    mark->second.until = now + refusal_pause;
    mark->second.problem = problem;
    ++mark->second.refusals;
}

bool Alignment::in_line(const Table& table) const {
    return difference(table).empty();
}

std::string Alignment::difference(const Table& table) const {
    if (!view_ || !view_->reachable) {
        return !view_ ? "pgpool-II was not asked yet" : fmt::format("pgpool-II does not answer: {}", view_->problem);
    }
    for (const Entry& entry : table.entries) {
        const auto seen = attached_.find(entry.id);
        const auto mark = marks_.find(entry.id);
        const bool given_up = mark != marks_.end() && mark->second.refusals >= refusals_max;
        if (seen != attached_.end() && seen->second != entry.attached && !given_up) {
            return fmt::format("database {} is still {} there{}", entry.id, seen->second ? "attached" : "detached",
                               mark == marks_.end() || mark->second.problem.empty()
                                   ? std::string()
                                   : fmt::format(": {}", mark->second.problem));
        }
    }
    return {};
}

} // namespace belay::databases
