#pragma once
// The pgpool-II of this host and the table: a difference that arose there is news for the active; any other difference
// is a pgpool-II that must be told. Pure.
//
// What is our own doing must not come back as news: a change that was asked for carries a mark until it is there. A
// pgpool-II that was away (restarted, not reachable) has no news either, because it may have forgotten things.

#include "belay/base/time.hpp"
#include "belay/databases/reports.hpp"
#include "belay/databases/table.hpp"
#include "belay/pgpool/backend.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace belay::databases {

class Alignment {
public:
    /// A look at the pgpool-II. News go to `reports`.
    void seen(Instant now, const pgpool::View& view, const Table& table, Reports& reports);

    /// What the pgpool-II is to be told now, so that it comes to say what the table says. Leaves out what is being
    /// reported, and what `busy` names: it is being recovered.
    [[nodiscard]] std::vector<pgpool::Command> due(Instant now, const Table& table, const Reports& reports,
                                                   const std::set<std::uint32_t>& busy = {});

    /// Whether due() has asked for that and it may not be carried out yet, so that what says so is an echo.
    [[nodiscard]] bool asked_for(Instant now, std::uint32_t id, bool attached) const;

    /// How a command of due() went. A refusal is not tried again for a while; `maybe_taken` says that the pgpool-II may
    /// carry it out all the same.
    void told(Instant now, const pgpool::Command& command, const std::string& problem, bool maybe_taken);

    /// Whether the pgpool-II says what the table says, but for what it refuses again and again.
    [[nodiscard]] bool in_line(const Table& table) const;
    /// Why it does not, in words.
    [[nodiscard]] std::string difference(const Table& table) const;

    [[nodiscard]] const std::optional<pgpool::View>& view() const noexcept { return view_; }

    /// As it is told to other nodes; nothing while the pgpool-II does not answer.
    [[nodiscard]] std::optional<Sightings> sightings() const;

    /// The primary that it has, if it is attached there.
    [[nodiscard]] std::optional<std::uint32_t> primary() const;

private:
    /// A change that was asked for and is not there yet.
    struct Mark {
        bool attached = false;
        Instant until;
        Duration pause{}; ///< until it is asked for again
        unsigned refusals = 0;
        std::string problem;
    };

    /// What may be queued there.
    struct Asked {
        Instant echo_until;
        bool before = false; ///< an earlier command for the same may be queued as well
    };

    void see_status(Instant now, const pgpool::Backend& backend, const Table& table, Reports& reports);
    void see_primary(Instant now, const Table& table, Reports& reports);
    [[nodiscard]] bool is_marked(Instant now, std::uint32_t id) const;
    [[nodiscard]] std::optional<pgpool::Command> claim_due(Instant now, const Table& table, const Reports& reports);

    std::optional<pgpool::View> view_;
    std::map<std::uint32_t, bool> attached_; ///< as seen last, without a gap
    std::optional<std::optional<std::uint32_t>> primary_;
    std::map<std::uint32_t, Mark> marks_;
    std::map<std::pair<std::uint32_t, bool>, Asked> asked_; ///< by node and state
    std::optional<Instant> other_primary_since_;            ///< in line otherwise
    Instant claimed_until_;                                 ///< others are marked down by our own claim until then
};

} // namespace belay::databases
