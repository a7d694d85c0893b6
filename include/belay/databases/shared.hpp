#pragma once
// One node's part in sharing the database nodes: copy of the table, the active's orders, this host's pgpool-II, guarded
// commands and operators' wishes, in one pure value.
//
//     actions = shared.step(now, event);   wake me at shared.next_deadline()
//
// As in the election: no clock, socket, thread or log inside. Any one thread; in the daemon it is the watchdog thread,
// because only that one knows at every instant whether this node holds the VIPs.

#include "belay/base/time.hpp"
#include "belay/databases/alignment.hpp"
#include "belay/databases/guard_desk.hpp"
#include "belay/databases/orderer.hpp"
#include "belay/databases/replica.hpp"
#include "belay/databases/reports.hpp"
#include "belay/pgpool/backend.hpp"

#include <set>
#include <string>
#include <variant>
#include <vector>

namespace belay::databases {

// What happens.

/// Which node holds the VIPs, by which term; nothing: none does.
struct HolderChanged {
    std::optional<NodeId> holder;
    core::Term term = 0;
};

/// The peers that messages reach.
struct PeersChanged {
    std::set<NodeId> peers;
};

/// The pgpool-II of this host was looked at.
struct Looked {
    pgpool::View view;
};

struct MessageHeard {
    NodeId from;
    Message message;
};

/// How a command of action Tell went; an empty text: well.
struct Told {
    std::uint64_t number = 0;
    std::string problem;
    bool maybe_taken = true; ///< with a problem, too: pgpool-II may carry it out yet
};

struct GuardAsked {
    GuardRequest request;
};

/// A guarded command that this node ran has ended.
struct GuardEnded {
    std::string ticket;
    std::int64_t exit_code = 0;
};

/// `belay db detach|attach|promote|recover`.
struct ActAsked {
    enum class Act : std::uint8_t { detach, attach, promote, recover };

    std::uint64_t request = 0;
    Act act = Act::detach;
    std::uint32_t id = 0;
    Instant deadline; ///< answered by then, whatever has come of it
};

struct RulesChanged {
    Rules rules;
};

/// Time went on.
struct TimePassed {};

using Event = std::variant<HolderChanged, PeersChanged, Looked, MessageHeard, Told, GuardAsked, GuardEnded, ActAsked,
                           RulesChanged, TimePassed>;

// What is wanted.

namespace action {

struct Send {
    NodeId to;
    Message message;
};

/// Tell the pgpool-II of this host; answered by event Told with the number.
struct Tell {
    std::uint64_t number = 0;
    pgpool::Command command;
};

struct AnswerGuard {
    GuardAnswer answer;
};

struct AnswerAct {
    std::uint64_t request = 0;
    bool good = false;
    std::string text;
};

/// The table counts now in a new version. `before` is what counted until then.
struct TableChanged {
    Table before;
};

/// The copy changed: keep it for the next run of this boot.
struct Keep {};

/// Whether this node may stand for the VIPs as far as its database nodes go; empty: it may.
struct ObstacleChanged {
    std::string words;
};

} // namespace action

using Action = std::variant<action::Send, action::Tell, action::AnswerGuard, action::AnswerAct, action::TableChanged,
                            action::Keep, action::ObstacleChanged>;
using Actions = std::vector<Action>;

class Shared {
public:
    /// `number_start`: see Reports. `has_pgpool` is false on a witness, which keeps a copy only.
    Shared(Setup setup, bool has_pgpool, Replica kept, std::uint64_t number_start, Instant started);
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    Shared(Shared&&) = delete;
    Shared& operator=(Shared&&) = delete;
    ~Shared() = default;

    [[nodiscard]] Actions step(Moment now, const Event& event);

    [[nodiscard]] Instant next_deadline() const noexcept { return next_; }

    // What status and tests look at.
    [[nodiscard]] const Table& table() const noexcept { return replica_.committed(); }

    [[nodiscard]] const Replica& replica() const noexcept { return replica_; }

    [[nodiscard]] const Alignment& alignment() const noexcept { return alignment_; }

    [[nodiscard]] const Reports& reports() const noexcept { return reports_; }

    [[nodiscard]] const Orderer& orderer() const noexcept { return orderer_; }

    [[nodiscard]] const std::optional<NodeId>& holder() const noexcept { return holder_; }

    [[nodiscard]] const std::string& obstacle() const noexcept { return obstacle_; }

    [[nodiscard]] bool has_pgpool() const noexcept { return has_pgpool_; }

private:
    /// An operator's wish that waits.
    struct Wish {
        ActAsked asked;
        std::uint64_t number = 0; ///< of the order to the active, for promote and recover
        bool taken = false;       ///< pgpool-II took it
    };

    /// An order that this host's pgpool-II carries out for another node.
    struct Carrying {
        std::uint64_t tell = 0;
        NodeId for_node;
        std::uint64_t number = 0;
    };

    // shared.cpp
    void handle(const HolderChanged& changed);
    void handle(const PeersChanged& changed);
    void handle(const Looked& looked);
    void handle(const MessageHeard& heard);
    void handle(const GuardAsked& asked);
    void handle(const GuardEnded& ended);
    void handle(const RulesChanged& changed);

    void handle(const TimePassed&) {}

    void settle();
    void pump();
    void deliver(NodeId to, Message message);
    void send_reports();
    void note_table();
    void expire_guards();
    void align();
    void disbelieve();
    void judge_obstacle();
    void plan_next();

    // shared_messages.cpp
    void take(NodeId from, const message::Read& read);
    void take(NodeId from, const message::State& state);
    void take(NodeId from, const message::Write& write);
    void take(NodeId from, const message::Ack& ack);
    void take(NodeId from, const message::Commit& commit);
    void take(NodeId from, const message::Behind& behind);
    void take(NodeId from, const message::Report& report);
    void take(NodeId from, const message::Verdict& verdict);
    void take(NodeId from, const message::Done& done);
    void take(NodeId from, const message::Order& order);

    // shared_acts.cpp
    void handle(const ActAsked& asked);
    void handle(const Told& told);
    void carry_out(NodeId for_node, const message::Order& order);
    void settle_wishes();
    void refuse_wish(const message::Report& report, const std::string& text);
    void settle_order(const message::Verdict& verdict);
    void answer_wish(const Wish& wish, bool good, std::string text);

    [[nodiscard]] bool leads() const noexcept { return holder_ == setup_.self; }

    Setup setup_;
    bool has_pgpool_;
    Replica replica_;
    Orderer orderer_;
    Alignment alignment_;
    Reports reports_;
    GuardDesk guards_;

    Moment now_; ///< of the running step
    Actions actions_;

    std::optional<NodeId> holder_;
    std::optional<NodeId> reported_to_;
    std::set<NodeId> peers_;
    Table known_; ///< the last one told by TableChanged
    core::Term kept_bound_ = 0;
    Version kept_accepted_;
    std::vector<Wish> wishes_;
    std::vector<Carrying> carrying_;
    std::map<std::uint64_t, pgpool::Command> tells_;
    std::optional<Instant> ends_told_at_;

    Instant no_holder_since_;
    std::optional<std::pair<NodeId, core::Term>> followed_; ///< the last holder, while there is none as well
    Instant distrust_until_;                                ///< of its own pgpool-II's news: this node was cut off
    Instant distrust_end_;                                  ///< at the latest
    bool out_of_touch_ = true;                              ///< of the active: something may have been missed
    bool caught_up_ = false;
    std::string obstacle_;
    Instant next_;
};

} // namespace belay::databases
