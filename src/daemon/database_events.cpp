#include "belay/daemon/database_events.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace belay::daemon {

using databases::CommandState;
using databases::Entry;
using databases::Grant;
using databases::Table;
using Kind = DatabaseEvent::Kind;

namespace {

bool was_known(const Table& before, const Grant& grant) {
    return std::ranges::any_of(before.grants, [&grant](const Grant& old) {
        return old.kind == grant.kind && old.id == grant.id && old.of == grant.of && old.state == grant.state;
    });
}

DatabaseEvent event_of_grant(const Grant& grant, const databases::Version& version) {
    const std::string what = fmt::format("{} of database {}", databases::to_text(grant.kind), grant.id);
    DatabaseEvent event{.kind = Kind::command_granted, .id = grant.id, .by = grant.node, .version = version};
    if (grant.state == CommandState::granted) {
        event.reason = fmt::format("the command for {} is this node's to run", what);
    } else if (grant.state == CommandState::done) {
        event.kind = Kind::command_ended;
        event.reason = fmt::format("the command for {} ended well", what);
    } else {
        event.kind = Kind::command_failed;
        event.reason =
            fmt::format("the command for {} ended with exit code {}; it is not run again", what, grant.exit_code);
    }
    return event;
}

} // namespace

const char* event_of(Kind kind) noexcept {
    switch (kind) {
    case Kind::attached:
        return "database_attached";
    case Kind::detached:
        return "database_detached";
    case Kind::primary:
        return "database_primary";
    case Kind::command_granted:
        return "guard_granted";
    case Kind::command_ended:
        return "guard_ended";
    case Kind::command_failed:
        return "guard_failed";
    }
    return "database_detached";
}

bool is_trouble(Kind kind) noexcept {
    return kind == Kind::detached || kind == Kind::command_failed;
}

std::vector<DatabaseEvent> changes_between(const Table& before, const Table& after) {
    std::vector<DatabaseEvent> events;
    for (const Entry& entry : after.entries) {
        const Entry* const old = before.find(entry.id);
        if (old == nullptr || old->changed != entry.changed) {
            events.push_back(
                {.kind = entry.attached ? Kind::attached : Kind::detached,
                 .id = entry.id,
                 .by = entry.by,
                 .version = entry.changed,
                 .reason = fmt::format("database {} at {}:{}: {}", entry.id, entry.host, entry.port, entry.why)});
        }
    }
    if (after.primary && before.primary_changed != after.primary_changed) {
        events.push_back({.kind = Kind::primary,
                          .id = *after.primary,
                          .by = after.primary_by,
                          .version = after.primary_changed,
                          .reason = before.primary && before.primary != after.primary
                                        ? fmt::format("database {} is the primary, after database {}", *after.primary,
                                                      *before.primary)
                                        : fmt::format("database {} is the primary", *after.primary)});
    }
    for (const Grant& grant : after.grants) {
        if (grant.node && !was_known(before, grant)) {
            events.push_back(event_of_grant(grant, after.version));
        }
    }
    std::ranges::stable_sort(events, {}, &DatabaseEvent::version);
    return events;
}

void DatabaseEvents::add(DatabaseEvent event) {
    if (events_.size() == events_max) {
        events_.pop_front();
    }
    events_.push_back(std::move(event));
}

std::vector<DatabaseEvent> DatabaseEvents::last(std::size_t count) const {
    const auto skipped = static_cast<std::ptrdiff_t>(events_.size() - std::min(count, events_.size()));
    return {events_.begin() + skipped, events_.end()};
}

} // namespace belay::daemon
