#pragma once
// The active's part: it gives all changes one order. As a new active it first reads the tables of a majority and goes
// on from the newest; then it takes reports, decides (newer, superseded, agreed or not), writes the next table to a
// majority, and only then lets it count. Pure: time comes in, messages go out.
//
//     idle -> reading (a majority's tables) -> gathering (only where nobody has a table yet) -> ordering

#include "belay/base/time.hpp"
#include "belay/databases/first_table.hpp"
#include "belay/databases/message.hpp"
#include "belay/databases/replica.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace belay::databases {

/// What may change while running.
struct Rules {
    bool quorum_required = true; ///< guarded commands wait for an active node
    Consensus consensus = Consensus::none;
    Duration consensus_timeout = std::chrono::seconds(5);

    bool operator==(const Rules&) const = default;
};

struct Setup {
    NodeId self;
    std::vector<NodeId> nodes;   ///< all, witnesses and this one included
    std::vector<NodeId> members; ///< those that have a pgpool-II
    Rules rules;
};

class Orderer {
public:
    Orderer(Setup setup, Replica& replica)
        : setup_(std::move(setup))
        , replica_(replica) {}

    /// This node holds the VIPs by `term` now; again with a newer term while it goes on holding.
    void lead(Moment now, core::Term term);
    /// It does not any more. What was not committed is forgotten; reporters ask again.
    void stop();

    /// Whom messages reach.
    void connected(Moment now, const std::set<NodeId>& peers);
    /// What the pgpool-II of this host says.
    void own_sightings(const std::optional<Sightings>& sightings);

    void take(Moment now, NodeId from, const message::State& state);
    void take(Moment now, NodeId from, const message::Ack& ack);
    void take(Moment now, NodeId from, const message::Behind& behind);
    void take(Moment now, NodeId from, const message::Report& report);
    void take(Moment now, NodeId from, const message::Done& done);
    void tick(Moment now);

    void set_rules(const Rules& rules) { setup_.rules = rules; }

    [[nodiscard]] bool leading() const noexcept { return phase_ != Phase::idle; }

    [[nodiscard]] bool ordering() const noexcept { return phase_ == Phase::ordering; }

    /// Database nodes whose failure some nodes have seen, but not enough of them yet, and how many have.
    [[nodiscard]] std::map<std::uint32_t, std::size_t> votes() const;

    /// Messages to send since the last call; to this node itself as well.
    [[nodiscard]] std::vector<Envelope> take_messages() { return std::exchange(out_, {}); }

private:
    enum class Phase : std::uint8_t { idle, reading, gathering, ordering };

    /// A report whose answer waits for a table to count.
    struct Owed {
        NodeId to;
        std::uint64_t number = 0;
    };

    struct Writing {
        Version version;
        std::set<NodeId> acks;
        Instant sent_at;
        std::vector<Owed> owed;
    };

    struct Vote {
        Instant since;
        std::vector<std::pair<NodeId, message::Report>> reports; ///< the first one first
    };

    [[nodiscard]] std::size_t quorum() const;
    void send(NodeId to, Message message);
    void send_to_peers(const Message& message);
    void read_again(Moment now);
    void consider_reading(Moment now);
    void consider_gathering(Moment now);
    void write(Moment now);
    void settle(Moment now);
    void owe(NodeId to, std::uint64_t number);
    void refuse(NodeId to, std::uint64_t number, std::string text);

    void change_status(Moment now, NodeId from, const message::Report& report);
    void change_primary(Moment now, NodeId from, const message::Report& report);
    void set_status(Moment now, NodeId from, const message::Report& report);
    void vote(Moment now, NodeId from, const message::Report& report);
    void count_votes(Moment now);
    void finish(NodeId from, const message::Report& report);
    [[nodiscard]] std::string reason_of(const message::Report& report) const;

    Setup setup_;
    Replica& replica_;
    Phase phase_ = Phase::idle;
    core::Term term_ = 0;
    std::set<NodeId> peers_;
    std::map<NodeId, Version> read_; ///< whose table was read
    Table newest_;                   ///< of those
    std::map<NodeId, Sightings> sightings_;
    std::optional<Sightings> own_;
    Instant asked_at_;
    Instant gathering_since_;
    Table draft_; ///< what is to count next
    bool dirty_ = false;
    std::vector<Owed> owed_; ///< by the next write
    std::optional<Writing> writing_;
    std::map<std::uint32_t, Vote> votes_;
    Instant told_at_;
    std::vector<Envelope> out_;
};

} // namespace belay::databases
