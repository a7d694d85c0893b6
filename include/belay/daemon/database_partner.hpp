#pragma once
// The database nodes in the daemon: databases::Shared, and around it what it needs to live: clock, timer, messages over
// the info channel, the pgpool-II of this host, operators' requests, the kept copy. On the watchdog thread, because a
// change may be ordered only while this node holds the VIPs, and only that thread knows.

#include "belay/base/result.hpp"
#include "belay/daemon/database_events.hpp"
#include "belay/databases/shared.hpp"
#include "belay/pgpool/backend.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>

namespace boost::asio {
class io_context;
}

namespace belay::daemon {

class BootTimer;

class DatabasePartner {
public:
    /// What it wants done. All are called on its thread.
    struct Wires {
        std::function<void(NodeId to, nlohmann::json message)> send;
        /// `done` comes on the watchdog thread, later.
        std::function<void(const pgpool::Command& command, std::function<void(Status)> done)> tell;
        /// Why this node may not stand for the VIPs; empty: it may.
        std::function<void(const std::string& words)> obstacle;
        std::function<void(const nlohmann::json& copy)> keep;
        /// Another database node is the primary, or which one is known.
        std::function<void()> primary_changed;
        std::function<std::string(NodeId)> name_of;
    };

    using Answer = std::function<void(Result<nlohmann::json>)>;

    /// `kept`: the copy of an earlier run on this boot.
    [[nodiscard]] static Result<std::unique_ptr<DatabasePartner>> make(boost::asio::io_context& context,
                                                                       databases::Setup setup, bool has_pgpool,
                                                                       databases::Replica kept, Wires wires);
    ~DatabasePartner();
    DatabasePartner(const DatabasePartner&) = delete;
    DatabasePartner& operator=(const DatabasePartner&) = delete;

    // What happened elsewhere. The same again costs nothing.
    void holder(const std::optional<NodeId>& holder, core::Term term);
    void peers(const std::set<NodeId>& joined);
    void looked(pgpool::View view);
    /// A peer's message; the error is the answer to it.
    [[nodiscard]] Status heard(NodeId from, const nlohmann::json& message);
    void set_rules(const databases::Rules& rules);

    // What operators and pgpool-II's hooks ask.
    void guard(databases::GuardRequest request, Answer answer);
    [[nodiscard]] Status guard_ended(const std::string& ticket, std::int64_t exit_code);
    void act(databases::ActAsked asked, Answer answer);
    [[nodiscard]] nlohmann::json table_json() const;

    [[nodiscard]] const databases::Shared& shared() const noexcept { return shared_; }

    [[nodiscard]] const DatabaseEvents& events() const noexcept { return events_; }

private:
    DatabasePartner(databases::Setup setup, bool has_pgpool, databases::Replica kept, Wires wires);

    void step(const databases::Event& event);
    void perform(const databases::action::Send& send);
    void perform(const databases::action::Tell& tell);
    void perform(const databases::action::AnswerGuard& answer);
    void perform(const databases::action::AnswerAct& answer);
    void perform(const databases::action::TableChanged& changed);
    void perform(const databases::action::Keep&);
    void perform(const databases::action::ObstacleChanged& changed);
    void note_view(const pgpool::View& view);

    databases::Shared shared_;
    Wires wires_;
    std::unique_ptr<BootTimer> timer_;
    DatabaseEvents events_;
    std::optional<NodeId> holder_;
    core::Term term_ = 0;
    std::set<NodeId> peers_;
    std::optional<std::string> view_problem_; ///< as it was logged; empty: it answers
    std::uint64_t next_request_ = 0;
    std::map<std::uint64_t, Answer> asked_;
};

} // namespace belay::daemon
