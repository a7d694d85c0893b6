#include "belay/databases/reports.hpp"

#include <algorithm>

namespace belay::databases {

using message::Report;

namespace {

constexpr Duration repeat_after = std::chrono::milliseconds(500);

/// Whether the table says what the report wants said, or has said something else since.
bool is_settled(const Report& report, const Table& table) {
    const bool is_granted = report.command && table.grant_of(*report.command, report.command_id) != nullptr;
    if (report.kind == Report::Kind::command || (report.command && !is_granted)) {
        return is_granted; // the change may be known, but not yet who runs its command
    }
    if (report.kind == Report::Kind::primary) {
        return table.primary == report.id || report.base < table.primary_changed;
    }
    const Entry* const entry = table.find(report.id);
    return entry != nullptr &&
           (entry->attached == (report.kind == Report::Kind::attached) || report.base < entry->changed);
}

} // namespace

Subject subject_of(const Report& report) noexcept {
    switch (report.kind) {
    case Report::Kind::primary:
        return {.kind = Subject::Kind::primary, .id = 0};
    case Report::Kind::command:
        return {.kind = Subject::Kind::command,
                .id = report.command_id,
                .command = report.command.value_or(CommandKind::failover)};
    case Report::Kind::detached:
    case Report::Kind::attached:
        break;
    }
    return {.kind = Subject::Kind::status, .id = report.id};
}

void Reports::add(Instant now, Report report) {
    const auto [place, is_new] = pending_.try_emplace(subject_of(report));
    Pending& pending = place->second;
    const bool same = !is_new && pending.report.kind == report.kind && pending.report.id == report.id &&
                      pending.report.base == report.base;
    if (same) {
        report.operator_asked = report.operator_asked || pending.report.operator_asked;
        if (!report.command) {
            report.command = pending.report.command;
            report.command_id = pending.report.command_id;
        }
    }
    report.number = same ? pending.report.number : next_number();
    if (same && report == pending.report) {
        return;
    }
    pending = {.report = std::move(report), .since = same ? pending.since : now, .sent_at = {}, .accepted = {}};
}

void Reports::accept(std::uint64_t number, const Version& version) {
    for (auto& [subject, pending] : pending_) {
        if (pending.report.number == number) {
            pending.accepted = version;
        }
    }
}

std::optional<Report> Reports::refuse(std::uint64_t number) {
    const auto found = std::ranges::find(pending_, number, [](const auto& one) { return one.second.report.number; });
    if (found == pending_.end()) {
        return std::nullopt;
    }
    Report report = std::move(found->second.report);
    pending_.erase(found);
    return report;
}

void Reports::drop(const Subject& subject) {
    pending_.erase(subject);
}

void Reports::compare(const Table& table) {
    std::erase_if(pending_, [&table](const auto& one) {
        const Pending& pending = one.second;
        return (pending.accepted && *pending.accepted <= table.version) || is_settled(pending.report, table);
    });
}

std::vector<Report> Reports::due(Instant now, bool afresh) {
    std::vector<Report> reports;
    for (auto& [subject, pending] : pending_) {
        if (afresh) {
            pending.accepted.reset(); // by an active that is no more; the new one may not know of it
        }
        if (afresh || !pending.sent_at || (!pending.accepted && now - *pending.sent_at >= repeat_after)) {
            pending.sent_at = now;
            reports.push_back(pending.report);
        }
    }
    return reports;
}

} // namespace belay::databases
