// What becomes of a report: a change, nothing because it is so already or out of date, or a vote.

#include "belay/databases/orderer.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <utility>

namespace belay::databases {

using message::Report;

void Orderer::take(Moment now, NodeId from, const Report& report) {
    if (!ordering()) {
        return; // it comes again
    }
    switch (report.kind) {
    case Report::Kind::detached:
    case Report::Kind::attached:
        change_status(now, from, report);
        break;
    case Report::Kind::primary:
        change_primary(now, from, report);
        break;
    case Report::Kind::command:
        finish(from, report);
        break;
    }
    write(now);
}

void Orderer::change_status(Moment now, NodeId from, const Report& report) {
    const bool attached = report.kind == Report::Kind::attached;
    const Entry* const entry = draft_.find(report.id);
    if (entry != nullptr && entry->attached == attached) {
        finish(from, report); // somebody was quicker
        return;
    }
    if (entry != nullptr && report.base < entry->changed && !report.operator_asked) {
        refuse(from, report.number,
               fmt::format("superseded: database {} was {} after that", report.id,
                           entry->attached ? "attached" : "detached"));
        return;
    }
    if (entry != nullptr && !attached && !report.operator_asked && setup_.rules.consensus != Consensus::none) {
        vote(now, from, report);
        return;
    }
    set_status(now, from, report);
    finish(from, report);
}

void Orderer::set_status(Moment now, NodeId from, const Report& report) {
    Entry* entry = draft_.find(report.id);
    if (entry == nullptr) {
        entry = &draft_.add(report.id);
        entry->host = report.host;
        entry->port = report.port;
    }
    entry->attached = report.kind == Report::Kind::attached;
    // The number of the write that carries it: the one after the running one.
    entry->changed = {.term = term_, .number = replica_.accepted().version.number + 1};
    entry->since_unix_ms = to_ms(now.unix_time);
    entry->by = from;
    entry->why = reason_of(report);
    votes_.erase(report.id);
    dirty_ = true;
}

std::string Orderer::reason_of(const Report& report) const {
    const std::string_view act = report.kind == Report::Kind::attached ? "attached" : "detached";
    if (report.operator_asked) {
        return fmt::format("an operator {} it", act);
    }
    if (report.kind == Report::Kind::detached && setup_.rules.consensus != Consensus::none) {
        const auto vote = votes_.find(report.id);
        return fmt::format("{} pgpool-IIs detached it", vote == votes_.end() ? 1 : vote->second.reports.size());
    }
    return fmt::format("its pgpool-II {} it", act);
}

/// A primary is replaced only when it is detached: otherwise two pgpool-IIs that differ would take turns.
void Orderer::change_primary(Moment now, NodeId from, const Report& report) {
    if (draft_.primary == report.id) {
        finish(from, report);
        return;
    }
    if (draft_.primary && report.base < draft_.primary_changed) {
        refuse(from, report.number,
               fmt::format("superseded: database {} became the primary after that", *draft_.primary));
        return;
    }
    const Entry* const old = draft_.primary ? draft_.find(*draft_.primary) : nullptr;
    if (old != nullptr && old->attached) {
        return; // no answer: it is asked again, and true once the old one is detached
    }
    draft_.primary = report.id;
    draft_.primary_changed = {.term = term_, .number = replica_.accepted().version.number + 1};
    draft_.primary_since_unix_ms = to_ms(now.unix_time);
    draft_.primary_by = from;
    dirty_ = true;
    finish(from, report);
}

/// The state is as the report says, so its command may be given to the reporter: once, to the first who asks.
void Orderer::finish(NodeId from, const Report& report) {
    if (report.command && draft_.change_of(*report.command, report.command_id) &&
        draft_.grant_of(*report.command, report.command_id) == nullptr) {
        draft_.grant(*report.command, report.command_id, from);
        dirty_ = true;
    }
    owe(from, report.number);
}

void Orderer::owe(NodeId to, std::uint64_t number) {
    if (dirty_) {
        owed_.push_back({.to = to, .number = number});
    } else if (writing_) {
        writing_->owed.push_back({.to = to, .number = number});
    } else {
        send(to, message::Verdict{.number = number, .accepted = true, .version = replica_.committed().version});
    }
}

void Orderer::refuse(NodeId to, std::uint64_t number, std::string text) {
    send(to, message::Verdict{.number = number, .text = std::move(text)});
}

void Orderer::vote(Moment now, NodeId from, const Report& report) {
    Vote& vote = votes_.try_emplace(report.id, Vote{.since = now.boot, .reports = {}}).first->second;
    const auto before = std::ranges::find(vote.reports, from, &std::pair<NodeId, Report>::first);
    if (before == vote.reports.end()) {
        vote.reports.emplace_back(from, report);
    } else {
        before->second = report; // perhaps its command has come to wait meanwhile
    }
    count_votes(now);
}

void Orderer::count_votes(Moment now) {
    const auto members = static_cast<std::size_t>(std::ranges::count_if(
        setup_.members, [this](NodeId member) { return member == setup_.self || peers_.contains(member); }));
    const std::size_t needed = votes_needed(setup_.rules.consensus, members);
    std::vector<std::uint32_t> won;
    for (auto vote = votes_.begin(); vote != votes_.end();) {
        const auto& [id, ballot] = *vote;
        if (ballot.reports.size() >= needed) {
            won.push_back(id);
        } else if (now.boot - ballot.since >= setup_.rules.consensus_timeout) {
            for (const auto& [from, report] : ballot.reports) {
                refuse(from, report.number,
                       fmt::format("no consensus: {} of {} nodes saw database {} fail, {} are needed",
                                   ballot.reports.size(), members, id, needed));
            }
            vote = votes_.erase(vote);
            continue;
        }
        ++vote;
    }
    for (const std::uint32_t id : won) {
        const std::vector<std::pair<NodeId, Report>> reports = votes_.at(id).reports;
        set_status(now, reports.front().first, reports.front().second);
        for (const auto& [from, report] : reports) {
            finish(from, report);
        }
    }
    write(now);
}

void Orderer::take(Moment now, NodeId from, const message::Done& done) {
    if (!ordering()) {
        return;
    }
    for (Grant& grant : draft_.grants) {
        if (grant.kind == done.kind && grant.id == done.id && grant.of == done.of && grant.node == from &&
            grant.state == CommandState::granted) {
            grant.state = done.exit_code == 0 ? CommandState::done : CommandState::failed;
            grant.exit_code = done.exit_code;
            dirty_ = true;
        }
    }
    write(now);
}

std::map<std::uint32_t, std::size_t> Orderer::votes() const {
    std::map<std::uint32_t, std::size_t> counts;
    for (const auto& [id, vote] : votes_) {
        counts[id] = vote.reports.size();
    }
    return counts;
}

} // namespace belay::databases
