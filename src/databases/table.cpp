#include "belay/databases/table.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace belay::databases {

std::string to_text(const Version& version) {
    return fmt::format("{}.{}", version.term, version.number);
}

std::string_view to_text(CommandKind kind) noexcept {
    switch (kind) {
    case CommandKind::failover:
        return "failover";
    case CommandKind::failback:
        return "failback";
    case CommandKind::follow_primary:
        return "follow_primary";
    }
    return "unknown";
}

std::string_view to_text(CommandState state) noexcept {
    switch (state) {
    case CommandState::granted:
        return "granted";
    case CommandState::done:
        return "done";
    case CommandState::failed:
        return "failed";
    }
    return "unknown";
}

std::optional<CommandKind> command_kind(std::string_view word) noexcept {
    for (const CommandKind kind : {CommandKind::failover, CommandKind::failback, CommandKind::follow_primary}) {
        if (to_text(kind) == word) {
            return kind;
        }
    }
    return std::nullopt;
}

const Entry* Table::find(std::uint32_t id) const noexcept {
    const auto found = std::ranges::find(entries, id, &Entry::id);
    return found == entries.end() ? nullptr : &*found;
}

Entry* Table::find(std::uint32_t id) noexcept {
    const auto found = std::ranges::find(entries, id, &Entry::id);
    return found == entries.end() ? nullptr : &*found;
}

std::optional<Version> Table::change_of(CommandKind kind, std::uint32_t id) const noexcept {
    if (kind == CommandKind::follow_primary) {
        return primary ? std::optional(primary_changed) : std::nullopt;
    }
    const Entry* const entry = find(id);
    const bool attached = kind == CommandKind::failback;
    return entry != nullptr && entry->attached == attached ? std::optional(entry->changed) : std::nullopt;
}

const Grant* Table::grant_of(CommandKind kind, std::uint32_t id) const noexcept {
    const auto change = change_of(kind, id);
    const auto found = std::ranges::find_if(grants, [&](const Grant& grant) {
        return grant.kind == kind && grant.id == id && change && grant.of == *change;
    });
    return found == grants.end() ? nullptr : &*found;
}

Grant* Table::grant_of(CommandKind kind, std::uint32_t id) noexcept {
    const Grant* const found = static_cast<const Table&>(*this).grant_of(kind, id);
    return found == nullptr ? nullptr : &grants[static_cast<std::size_t>(found - grants.data())];
}

void Table::grant(CommandKind kind, std::uint32_t id, NodeId node) {
    const auto change = change_of(kind, id);
    assert(change && grant_of(kind, id) == nullptr);
    std::erase_if(grants, [&](const Grant& grant) { return grant.kind == kind && grant.id == id; });
    grants.push_back({.kind = kind, .id = id, .of = *change, .node = node});
}

Entry& Table::add(std::uint32_t id) {
    assert(find(id) == nullptr);
    const auto place = std::ranges::lower_bound(entries, id, {}, &Entry::id);
    return *entries.insert(place, {.id = id});
}

} // namespace belay::databases
