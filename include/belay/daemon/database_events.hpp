#pragma once
// What happened to the database nodes, for `belay events` and the log (DESIGN G3, G4): from two tables to what changed
// between them, each change once on each node.

#include "belay/base/time.hpp"
#include "belay/databases/table.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace belay::daemon {

/// One change of the shared table.
struct DatabaseEvent {
    enum class Kind : std::uint8_t { attached, detached, primary, command_granted, command_ended, command_failed };

    Duration unix_time{}; ///< when this node heard of it, since the epoch
    Kind kind = Kind::attached;
    std::uint32_t id = 0;
    NodeId by = {};
    databases::Version version = {};
    std::string reason = {}; ///< in words
};

/// "database_detached", "database_primary", "guard_granted" and so on: their names in the log, too.
[[nodiscard]] const char* event_of(DatabaseEvent::Kind kind) noexcept;

/// Whether an operator should be alarmed.
[[nodiscard]] bool is_trouble(DatabaseEvent::Kind kind) noexcept;

/// What is in `after` and was not in `before`, in the order of versions. Times are left at zero.
[[nodiscard]] std::vector<DatabaseEvent> changes_between(const databases::Table& before, const databases::Table& after);

/// The last ones. One thread, the watchdog.
class DatabaseEvents {
public:
    static constexpr std::size_t events_max = 1000;

    void add(DatabaseEvent event);

    /// The last `count` of them, the oldest first.
    [[nodiscard]] std::vector<DatabaseEvent> last(std::size_t count) const;

private:
    std::deque<DatabaseEvent> events_;
};

} // namespace belay::daemon
