#include "belay/databases/guard_desk.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace belay::databases {

using message::Report;

namespace {

std::string ticket_of(CommandKind kind, std::uint32_t id) {
    return fmt::format("{}/{}", to_text(kind), id);
}

/// Whether a refusal of that report is an answer to the request.
bool concerns(const Report& report, const GuardRequest& request) {
    if (report.kind == Report::Kind::command || report.kind == Report::Kind::primary) {
        return report.command == request.kind && report.command_id == request.id;
    }
    const bool attached = report.kind == Report::Kind::attached;
    return report.id == request.id && request.kind == (attached ? CommandKind::failback : CommandKind::failover);
}

} // namespace

std::string_view to_text(GuardVerdict verdict) noexcept {
    switch (verdict) {
    case GuardVerdict::run:
        return "run";
    case GuardVerdict::skip:
        return "skip";
    case GuardVerdict::refused:
        return "refused";
    }
    return "unknown";
}

bool shows(const Table& table, const GuardRequest& request) {
    if (request.kind == CommandKind::follow_primary && request.new_main && table.primary != request.new_main) {
        return false;
    }
    return table.change_of(request.kind, request.id).has_value();
}

void GuardDesk::add(const GuardRequest& request) {
    waiting_.push_back(request);
}

GuardAnswer GuardDesk::run(const GuardRequest& request, const std::optional<Version>& of) {
    handed_[{request.kind, request.id}] = {.of = of, .exit_code = {}};
    return {.request = request.request,
            .verdict = GuardVerdict::run,
            .text = fmt::format("this node runs {} of database {}", to_text(request.kind), request.id),
            .ticket = ticket_of(request.kind, request.id)};
}

std::optional<GuardAnswer> GuardDesk::answer(const GuardRequest& request, const Table& table) {
    const Grant* const grant = shows(table, request) ? table.grant_of(request.kind, request.id) : nullptr;
    if (grant == nullptr) {
        return std::nullopt;
    }
    const auto handed = handed_.find({request.kind, request.id});
    const bool runs_here = handed != handed_.end() && handed->second.of.value_or(grant->of) == grant->of;
    if (grant->node == self_ && grant->state == CommandState::granted && !runs_here) {
        return run(request, grant->of);
    }
    const std::string whose = grant->node == self_ ? "this node's" : grant->node ? "another node's" : "nobody's";
    return GuardAnswer{.request = request.request,
                       .verdict = GuardVerdict::skip,
                       .text = fmt::format("{} of database {} is {} to run, once, for change {}", to_text(request.kind),
                                           request.id, whose, to_text(grant->of)),
                       .ticket = {}};
}

std::vector<GuardAnswer> GuardDesk::look(const Table& table) {
    for (auto& [key, handed] : handed_) {
        const Grant* const grant = table.grant_of(std::get<0>(key), std::get<1>(key));
        if (!handed.of && grant != nullptr && grant->node == self_) {
            handed.of = grant->of; // it ran before an active was there to grant it
        }
    }
    std::vector<GuardAnswer> answers;
    std::erase_if(waiting_, [&](const GuardRequest& request) {
        auto given = answer(request, table);
        if (!given) {
            return false;
        }
        answers.push_back(*std::move(given));
        return true;
    });
    return answers;
}

std::vector<Report> GuardDesk::wanted(const Table& table) const {
    std::vector<Report> reports;
    for (const GuardRequest& request : waiting_) {
        Report report{.command = request.kind, .command_id = request.id};
        const Entry* const entry = table.find(request.id);
        if (shows(table, request)) {
            report.kind = Report::Kind::command;
            report.id = request.id;
        } else if (request.kind == CommandKind::follow_primary) {
            report.kind = Report::Kind::primary;
            report.id = request.new_main.value_or(request.id);
            report.base = table.primary_changed;
        } else {
            report.kind = request.kind == CommandKind::failback ? Report::Kind::attached : Report::Kind::detached;
            report.id = request.id;
            report.base = entry == nullptr ? Version{} : entry->changed;
        }
        reports.push_back(std::move(report));
    }
    return reports;
}

std::vector<GuardAnswer> GuardDesk::refuse(const Report& report, const std::string& text) {
    std::vector<GuardAnswer> answers;
    std::erase_if(waiting_, [&](const GuardRequest& request) {
        if (!concerns(report, request)) {
            return false;
        }
        answers.push_back({.request = request.request, .verdict = GuardVerdict::refused, .text = text, .ticket = {}});
        return true;
    });
    return answers;
}

std::vector<GuardRequest> GuardDesk::expired(Instant now) {
    std::vector<GuardRequest> over;
    std::erase_if(waiting_, [&](const GuardRequest& request) {
        if (now >= request.deadline) {
            over.push_back(request);
        }
        return now >= request.deadline;
    });
    return over;
}

std::vector<GuardAnswer> GuardDesk::run_all() {
    std::vector<GuardAnswer> answers;
    for (const GuardRequest& request : std::exchange(waiting_, {})) {
        const auto handed = handed_.find({request.kind, request.id});
        if (handed != handed_.end() && !handed->second.of) {
            answers.push_back({.request = request.request,
                               .verdict = GuardVerdict::skip,
                               .text = "this node runs it already",
                               .ticket = {}});
        } else {
            answers.push_back(run(request, std::nullopt));
        }
    }
    return answers;
}

bool GuardDesk::done(const std::string& ticket, std::int64_t exit_code) {
    const auto handed = std::ranges::find_if(
        handed_, [&](const auto& one) { return ticket_of(std::get<0>(one.first), std::get<1>(one.first)) == ticket; });
    if (handed == handed_.end()) {
        return false;
    }
    handed->second.exit_code = exit_code;
    return true;
}

std::vector<message::Done> GuardDesk::ends(const Table& table) {
    std::vector<message::Done> ends;
    for (const auto& [key, handed] : handed_) {
        const auto [kind, id] = key;
        const Grant* const grant = table.grant_of(kind, id);
        if (handed.exit_code && handed.of && grant != nullptr && grant->of == *handed.of && grant->node == self_ &&
            grant->state == CommandState::granted) {
            ends.push_back({.kind = kind, .id = id, .of = *handed.of, .exit_code = *handed.exit_code});
        }
    }
    return ends;
}

std::optional<Instant> GuardDesk::next_deadline() const {
    const auto first = std::ranges::min_element(waiting_, {}, &GuardRequest::deadline);
    return first == waiting_.end() ? std::nullopt : std::optional(first->deadline);
}

} // namespace belay::databases
