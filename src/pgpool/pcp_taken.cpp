#include "belay/pgpool/pcp_taken.hpp"

#include <variant>

namespace belay::pgpool {

namespace {

/// A pgpool-II that searches for a primary carries out nothing else, by default for five minutes. What it forgot (it
/// was restarted) is no hindrance for longer than that.
constexpr Duration carried_out_max = std::chrono::minutes(6);

struct IsSo {
    const Backend& node;

    bool operator()(const command::Detach&) const { return node.status == BackendStatus::down; }

    bool operator()(const command::Attach&) const { return node.attached(); }

    bool operator()(const command::Claim&) const { return node.attached() && node.role == BackendRole::primary; }

    bool operator()(const command::SwitchOver&) const { return node.attached() && node.role == BackendRole::primary; }

    bool operator()(const command::Recover&) const { return false; }
};

std::uint32_t id_of(const Command& command) {
    return std::visit([](const auto& it) { return it.id; }, command);
}

bool wants_detached(const Command& command) {
    return std::holds_alternative<command::Detach>(command);
}

} // namespace

bool is_so(const Command& command, const Backend& node) {
    return std::visit(IsSo{node}, command);
}

void PcpTaken::took(const Command& command, const PcpNode& before, Time now) {
    const bool so = is_so(command, before.backend);
    if (so && !against(command, now)) {
        last_.erase(before.backend.id); // nothing will change
        return;
    }
    last_.insert_or_assign(
        before.backend.id,
        Entry{.command = command, .changed = before.changed, .was_so = so, .until = now + carried_out_max});
}

void PcpTaken::saw(const PcpNode& node) {
    const auto entry = last_.find(node.backend.id);
    if (entry != last_.end() && is_so(entry->second.command, node.backend) &&
        (!entry->second.was_so || entry->second.changed != node.changed)) {
        last_.erase(entry);
    }
}

std::optional<Command> PcpTaken::against(const Command& command, Time now) const {
    const auto entry = last_.find(id_of(command));
    if (entry == last_.end() || now >= entry->second.until ||
        wants_detached(entry->second.command) == wants_detached(command)) {
        return std::nullopt;
    }
    return entry->second.command;
}

} // namespace belay::pgpool
