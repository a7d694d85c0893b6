#pragma once
// What this node has to tell the active and has no answer to yet. Bounded: one report for each database node and kind,
// the newest. Each is sent at once, and again until it is answered or out of date; while there is no active it waits.
// Pure.

#include "belay/base/time.hpp"
#include "belay/databases/message.hpp"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace belay::databases {

/// What a report is about. The status of a database node is one thing, whichever way it changed.
struct Subject {
    enum class Kind : std::uint8_t { status, primary, command };

    Kind kind = Kind::status;
    std::uint32_t id = 0; ///< 0 for the primary: there is one
    CommandKind command = CommandKind::failover;

    auto operator<=>(const Subject&) const = default;
};

[[nodiscard]] Subject subject_of(const message::Report& report) noexcept;

struct Pending {
    message::Report report;
    Instant since;
    std::optional<Instant> sent_at;
    std::optional<Version> accepted; ///< by the active; the table of that version will tell
};

class Reports {
public:
    /// Numbers begin after `start`, so that those of two runs differ (unix nanoseconds, say).
    explicit Reports(std::uint64_t start)
        : number_(start) {}

    /// Adds a report, in place of one on the same subject; one that says the same keeps its number and gains the
    /// command. Its `number` is set here.
    void add(Instant now, message::Report report);
    /// The active has taken the report with that number. It stays until the table of that version is here, so that
    /// nobody takes the change for one that has to be undone.
    void accept(std::uint64_t number, const Version& version);
    /// The active has refused it: it is taken out. Nothing when it is settled already.
    [[nodiscard]] std::optional<message::Report> refuse(std::uint64_t number);
    void drop(const Subject& subject);
    /// Takes out what the table says already, or something newer than which it does.
    void compare(const Table& table);

    [[nodiscard]] bool has(const Subject& subject) const { return pending_.contains(subject); }

    [[nodiscard]] const std::map<Subject, Pending>& pending() const noexcept { return pending_; }

    /// What is to be sent now, first or again; all of it with `afresh`, because the active is another one.
    [[nodiscard]] std::vector<message::Report> due(Instant now, bool afresh);

    /// The next number; also for what is asked in other ways.
    [[nodiscard]] std::uint64_t next_number() noexcept { return ++number_; }

private:
    std::map<Subject, Pending> pending_;
    std::uint64_t number_;
};

} // namespace belay::databases
