#pragma once
// The database-node table that all nodes share (DESIGN section 6): which database nodes are attached, which one is the
// primary, and which node runs the guarded command of a change. A state, not a history: a newer change of a database
// node takes the place of an older one, so nothing is applied twice and what is out of date is never applied at all.
// Pure values.

#include "belay/base/ids.hpp"
#include "belay/core/ballot.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::databases {

/// The place of a change in the order of all changes: given by the active of that term, counted on over all terms.
struct Version {
    core::Term term = 0;
    std::uint64_t number = 0;

    auto operator<=>(const Version&) const = default;

    [[nodiscard]] bool known() const noexcept { return number != 0; }
};

/// "T.N", for logs.
[[nodiscard]] std::string to_text(const Version& version);

/// The hooks of pgpool-II that `belay guard` guards.
enum class CommandKind : std::uint8_t { failover, failback, follow_primary };

/// What is known of a guarded command: the node that may run it has it, or has told how it ended.
enum class CommandState : std::uint8_t { granted, done, failed };

[[nodiscard]] std::string_view to_text(CommandKind kind) noexcept;
[[nodiscard]] std::string_view to_text(CommandState state) noexcept;
/// The kind of that word.
[[nodiscard]] std::optional<CommandKind> command_kind(std::string_view word) noexcept;

/// Who runs the command of one change; there is one for each change at most, for ever.
struct Grant {
    CommandKind kind = CommandKind::failover;
    std::uint32_t id = 0; ///< of the database node
    Version of = {};      ///< of the change
    NodeId node = {};     ///< none: nothing happened, so nobody runs it
    CommandState state = CommandState::granted;
    std::int64_t exit_code = 0; ///< when it ended

    bool operator==(const Grant&) const = default;
};

/// One database node.
struct Entry {
    std::uint32_t id = 0;
    std::string host = {};
    std::uint16_t port = 0;
    bool attached = false;
    Version changed = {};           ///< of the change to `attached`
    std::int64_t since_unix_ms = 0; ///< wall clock of the active that ordered it; shown, never compared
    NodeId by = {};                 ///< whose pgpool-II, or whose operator, said so first
    std::string why = {};           ///< in words

    bool operator==(const Entry&) const = default;
};

struct Table {
    Version version = {};
    std::vector<Entry> entries = {}; ///< by id
    std::optional<std::uint32_t> primary = {};
    Version primary_changed = {};
    std::int64_t primary_since_unix_ms = 0;
    NodeId primary_by = {};
    std::vector<Grant> grants = {}; ///< one for each kind and database node: of the last change

    [[nodiscard]] const Entry* find(std::uint32_t id) const noexcept;
    [[nodiscard]] Entry* find(std::uint32_t id) noexcept;
    /// The version of the change that a command of that kind belongs to; nothing while the table does not say what the
    /// command would follow (a failover of an attached database node, say).
    [[nodiscard]] std::optional<Version> change_of(CommandKind kind, std::uint32_t id) const noexcept;
    /// Who runs the command of the present change.
    [[nodiscard]] const Grant* grant_of(CommandKind kind, std::uint32_t id) const noexcept;
    [[nodiscard]] Grant* grant_of(CommandKind kind, std::uint32_t id) noexcept;
    /// Gives the command of the present change to a node, in place of the grant of an older change. Only where
    /// change_of() is known and grant_of() is not.
    void grant(CommandKind kind, std::uint32_t id, NodeId node);
    /// Adds a database node in the order of ids; it must not be there.
    Entry& add(std::uint32_t id);

    bool operator==(const Table&) const = default;
};

} // namespace belay::databases
