#pragma once
// The guarded commands of this host's pgpool-II that wait for an answer (`belay guard`): run it, or another node does,
// or it is refused. Pure.

#include "belay/base/time.hpp"
#include "belay/databases/reports.hpp"
#include "belay/databases/table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace belay::databases {

/// As pgpool-II calls it: what happened, and what it knows.
struct GuardRequest {
    std::uint64_t request = 0; ///< the asker's; comes back in the answer
    CommandKind kind = CommandKind::failover;
    std::uint32_t id = 0;
    std::optional<std::uint32_t> new_main; ///< with follow_primary: the new primary
    Instant deadline;
};

enum class GuardVerdict : std::uint8_t { run, skip, refused };

[[nodiscard]] std::string_view to_text(GuardVerdict verdict) noexcept;

struct GuardAnswer {
    std::uint64_t request = 0;
    GuardVerdict verdict = GuardVerdict::refused;
    std::string text;
    std::string ticket; ///< with `run`; comes back when the command has ended
};

class GuardDesk {
public:
    explicit GuardDesk(NodeId self)
        : self_(self) {}

    void add(const GuardRequest& request);

    /// Answers whom the table tells enough.
    [[nodiscard]] std::vector<GuardAnswer> look(const Table& table);
    /// What to report so that the table will tell the others.
    [[nodiscard]] std::vector<message::Report> wanted(const Table& table) const;
    /// The active has refused what they wait for.
    [[nodiscard]] std::vector<GuardAnswer> refuse(const message::Report& report, const std::string& text);
    /// Those whose time is over; they are no more.
    [[nodiscard]] std::vector<GuardRequest> expired(Instant now);
    /// All may run at once, because no active is known and none is required.
    [[nodiscard]] std::vector<GuardAnswer> run_all();

    /// How the command of a ticket ended: noted, to be told to the active. False: no such ticket.
    [[nodiscard]] bool done(const std::string& ticket, std::int64_t exit_code);
    /// The ends that the table does not know yet.
    [[nodiscard]] std::vector<message::Done> ends(const Table& table);

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

    [[nodiscard]] std::optional<Instant> next_deadline() const;

private:
    using Key = std::tuple<CommandKind, std::uint32_t>;

    /// A command that this node was told to run. `of` is not known when it ran without an active.
    struct Handed {
        std::optional<Version> of;
        std::optional<std::int64_t> exit_code;
    };

    [[nodiscard]] std::optional<GuardAnswer> answer(const GuardRequest& request, const Table& table);
    [[nodiscard]] GuardAnswer run(const GuardRequest& request, const std::optional<Version>& of);

    NodeId self_;
    std::vector<GuardRequest> waiting_;
    std::map<Key, Handed> handed_; ///< the last one of each
};

/// Whether the table shows what that pgpool-II saw before it called: then only the grant is missing.
[[nodiscard]] bool shows(const Table& table, const GuardRequest& request);

} // namespace belay::databases
