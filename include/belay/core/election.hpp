#pragma once
// One node's part in the election of the holder (DESIGN section 3): acceptor, candidate and holder in one pure value.
//
//     actions = election.step(now, event);   wake me at election.next_deadline()
//
// The order inside a step: first what time alone ends (a lease that is over is over before anything else is looked
// at), then the event, then what is due (heartbeat, rounds, candidacy). No clock, socket, thread, log or random device
// inside. Any one thread; in the daemon it is the watchdog thread.
//
// Where is what: src/core/election.cpp the two doors, time and operators' events; election_hear.cpp messages;
// election_candidate.cpp candidacy and rounds; election_holder.cpp serving, renewal, stepping down; election_pair.cpp
// what two nodes do in place of a majority; election_compose.cpp what messages say.

#include "belay/core/acceptor.hpp"
#include "belay/core/action.hpp"
#include "belay/core/candidates.hpp"
#include "belay/core/event.hpp"
#include "belay/core/jitter.hpp"
#include "belay/core/lease.hpp"
#include "belay/core/peers.hpp"
#include "belay/core/releases.hpp"
#include "belay/core/round.hpp"
#include "belay/core/vip_probing.hpp"

#include <optional>
#include <string>
#include <vector>

namespace belay::core {

using Actions = std::vector<Action>;

class Election {
public:
    /// `started` is the start of this run; abstention counts from it.
    Election(Setup setup, Instant started);

    /// Handles one event. `now` is read after the event happened (for a message: after it was received) and never goes
    /// back.
    [[nodiscard]] Actions step(Moment now, const Event& event);

    /// When step() wants a Tick at the latest.
    [[nodiscard]] Instant next_deadline() const;

    // What status and tests look at.
    [[nodiscard]] Role role() const noexcept { return role_; }

    [[nodiscard]] const Reason& reason() const noexcept { return reason_; }

    [[nodiscard]] Instant role_since() const noexcept { return role_since_; }

    [[nodiscard]] Term highest_term() const noexcept { return highest_term_; }

    [[nodiscard]] const std::optional<Lease>& lease() const noexcept { return lease_; }

    [[nodiscard]] const Acceptor& acceptor() const noexcept { return acceptor_; }

    [[nodiscard]] const Peers& peers() const noexcept { return peers_; }

    [[nodiscard]] const Setup& setup() const noexcept { return setup_; }

    [[nodiscard]] const Maintenance& maintenance() const noexcept { return eligibility_.maintenance; }

    /// What keeps this node from holding the VIPs at `now`, abstention and a recent release included.
    [[nodiscard]] std::optional<Obstacle> obstacle(Instant now) const;
    /// The node that serves as far as this one knows.
    [[nodiscard]] std::optional<NodeId> holder(Instant now) const;
    /// The term that node holds by; the highest one seen while nobody serves.
    [[nodiscard]] Term holder_term(Instant now) const;
    /// Nodes heard within a lease, this one included.
    [[nodiscard]] std::size_t heard_count(Instant now) const;
    /// Of two nodes: what an eligible one waits for to take over, and the remedy, in words. Nothing: it does not wait,
    /// or there are more nodes.
    [[nodiscard]] std::optional<std::string> waits_for(Instant now) const;
    /// With `tiebreaker = upstream`: whether the gateway answered lately (section 3.7).
    [[nodiscard]] bool gateway_reachable(Instant at) const;
    /// Whether `peer` takes part with another configuration (section 3.8).
    [[nodiscard]] bool differs(const Peer& peer) const noexcept;

private:
    /// Why a lease ended before its successor began.
    enum class Ending : std::uint8_t {
        stepped_down, ///< on purpose: the successor is asked (3.5)
        ran_out,      ///< nobody renewed it (3.3)
        yielded,      ///< to a claim that goes before this one
    };

    /// Of two nodes without a third voter: why this one needs no vote of the other (section 3.7).
    enum class SoleRight : std::uint8_t {
        none,
        released, ///< the other one released the ballot that this one promised last
        kept,     ///< this one held last, and its lease ran out without a release
        fenced,   ///< an operator vouched that the other one is off; until it is heard again
    };

    /// The VIPs are being taken down; the kernel has not acknowledged it yet.
    struct Withdrawing {
        Ballot ballot;
        Ending ending = Ending::ran_out;
        NodeId successor;
    };

    /// No promise binds this node: the time from which it waits for its turn.
    struct Opening {
        Instant at;
        Duration jitter{};
    };

    // election.cpp
    void handle(const Tick&) {}

    void handle(const Heard& heard);
    void handle(const Proved& proved);
    void handle(const ServiceChanged& changed);
    void handle(const LinksChanged& changed);
    void handle(const MaintenanceChanged& changed);
    void handle(const PeerVerdict& verdict);
    void handle(const Withdrawn& withdrawn);
    void handle(const AddressRefused& refused);
    void handle(const SwitchoverAsked& asked);
    void handle(const StopAsked&);
    void handle(const Adjusted& adjusted);
    void handle(const UpstreamChecked& checked);
    void handle(const VipProbed& probed);
    void handle(const FencedByOperator& fenced);
    void advance();
    void update_role();
    void judge_refusals();
    void report_silence();
    void set_role(Role role, Reason reason);
    void finish_stop();
    [[nodiscard]] std::string name_of(NodeId node) const;

    // election_hear.cpp
    void note_run(Peer& peer, const Incarnation& incarnation);
    void note_role(Peer& peer);
    void note_releases(Peer& peer, const Message& message, bool newest);
    [[nodiscard]] bool held_since(Term term) const noexcept;
    void note_term(const Message& message);
    void yield_to_higher_term(const Peer& peer, const Message& message);
    void answer_request(NodeId to, const Request& request);
    void take_answer(NodeId from, const Answer& answer);

    // election_candidate.cpp
    void consider_candidacy();
    void open_vacancy();
    [[nodiscard]] bool may_compete(Instant at) const;
    [[nodiscard]] Instant turn() const;
    [[nodiscard]] std::size_t own_rank() const;
    [[nodiscard]] Candidate self_candidate() const;
    [[nodiscard]] std::vector<Candidate> rivals(Duration heard_span) const;
    void start_round(RequestKind kind, const Ballot& ballot);
    [[nodiscard]] Ballot new_ballot() const;
    void ask_round(bool everybody);
    void drive_round();
    void conclude_round();
    void lose_round();

    // election_holder.cpp
    void become_active(const Round& won);
    void renew_own_promise();
    void take_renewal(NodeId from, const Answer& answer);
    void step_down(Reason reason, NodeId successor);
    void lease_over();
    void withdraw(Ending ending, NodeId successor, Reason reason);
    void spend(const Ballot& ballot);
    void release_all(const Withdrawing& done);
    void give_up(const Ballot& ballot);
    void watch_conditions();
    void watch_preemption();
    [[nodiscard]] NodeId best_successor() const;
    [[nodiscard]] action::Reply switchover_to(NodeId target) const;

    // election_pair.cpp
    [[nodiscard]] bool is_pair() const noexcept;
    [[nodiscard]] bool asks_gateway() const noexcept;
    [[nodiscard]] std::vector<Participant> voters() const;
    [[nodiscard]] std::size_t renewers() const;
    [[nodiscard]] bool ranks_below_other() const;
    [[nodiscard]] bool has_right(Instant at) const;
    [[nodiscard]] bool farewell_counts(Instant at) const;
    [[nodiscard]] bool gateway_votes(Instant at) const;
    [[nodiscard]] std::size_t votes_at_hand(Instant at) const;
    void count_votes_at_hand(Round& round) const;
    void note_freed(const std::optional<Promise>& before);
    [[nodiscard]] bool wants_probing(Instant at) const;
    void watch_probing();
    [[nodiscard]] action::Reply takeover_from(NodeId fenced) const;

    // election_compose.cpp
    [[nodiscard]] Message compose() const;
    void send(NodeId to, Message message);
    void send_to_all(const Message& message);
    void heartbeat();
    void heartbeat_beside(NodeId answered);

    Setup setup_;
    Acceptor acceptor_;
    Peers peers_;
    Eligibility eligibility_;
    Releases releases_;
    Jitter jitter_;

    Moment now_; ///< of the running step
    Actions actions_;

    Role role_ = Role::joining;
    Reason reason_;
    Instant role_since_;
    Term highest_term_ = 0;

    std::optional<Lease> lease_;
    std::optional<Withdrawing> withdrawing_;
    std::vector<Ballot> spent_; ///< own ballots besides the held one that acceptors may be promised to
    std::optional<Round> round_;
    Instant ask_again_at_;
    std::optional<Opening> opening_;
    Reason vacancy_; ///< why there is no holder, in the words that the next one will give
    bool vacancy_by_release_ = false;
    Instant retry_at_;
    Instant no_candidate_until_; ///< after an own release (3.5)
    Instant ranks_last_until_;   ///< after a lost lease (3.3)
    Duration ranks_last_for_;
    Instant upgrade_at_;
    NodeId successor_; ///< named in messages until no_candidate_until_
    NodeId favoured_;  ///< whom a releasing holder asked to take over
    Instant favoured_until_;
    SoleRight sole_right_ = SoleRight::none;
    std::optional<Instant> gateway_asked_at_; ///< of the last question that the gateway answered
    VipProbing probing_;
    bool probes_ = false;       ///< action::ProbeVips is on
    Instant probe_again_at_;    ///< after having yielded (3.7)
    Instant claim_noted_until_; ///< a conflict is told once in a while
    Instant next_heartbeat_;
    bool stopped_ = false;
};

} // namespace belay::core
