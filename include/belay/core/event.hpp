#pragma once
// Everything that can happen to an election, as values (DESIGN section 3, end): the one door in.

#include "belay/core/eligibility.hpp"
#include "belay/core/message.hpp"
#include "belay/core/vip_probing.hpp"

#include <optional>
#include <string>
#include <variant>

namespace belay::core {

/// Time went on; sent at next_deadline() or later.
struct Tick {};

/// A message whose MAC, echo and sequence number hold, from an incarnation that proved itself (DESIGN section 6).
struct Heard {
    NodeId from;
    Incarnation incarnation;
    Message message;
    Instant heard_at;   ///< when the kernel got it; never after the moment of the step
    bool newest = true; ///< no later packet of that incarnation was seen before
};

/// A run of a peer proved itself by a packet without a message (DESIGN section 6, first contact).
struct Proved {
    NodeId peer;
    Incarnation incarnation;
};

/// The verdict of the life check.
struct ServiceChanged {
    Condition condition;
};

/// Whether every VIP's interface is there, up and with carrier.
struct LinksChanged {
    Condition condition;
};

/// An operator switched maintenance on or off.
struct MaintenanceChanged {
    Maintenance maintenance;
};

/// What a peer said to our join on the info channel; nothing: it accepts us.
struct PeerVerdict {
    NodeId peer;
    std::optional<std::string> refusal;
};

/// The answer to action::Withdraw.
struct Withdrawn {
    Ballot ballot;
    bool acknowledged = false; ///< by the kernel: the VIPs are gone
};

/// The kernel does not take an address that we should serve; `detail` names it and says why.
struct AddressRefused {
    std::string detail;
};

/// An operator wants another holder; nothing: the best one. Answered by action::Reply.
struct SwitchoverAsked {
    std::optional<NodeId> to;
};

/// With `tiebreaker = upstream`: the gateway was asked (section 3.7). Sent for each question, when it was answered or
/// the next one was due.
struct UpstreamChecked {
    bool reachable = false;
    Instant asked_at; ///< read before the question was composed
};

/// One question of action::ProbeVips and what came of it. Of all VIPs together: `answered` when any of them was.
struct VipProbed {
    Instant asked_at;
    ProbeOutcome outcome = ProbeOutcome::unanswered;
};

/// An operator vouches that the host of `node` is off (section 3.7). Answered by action::Reply.
struct FencedByOperator {
    NodeId node;
};

/// The daemon is to stop in good order. Ends with action::Stopped.
struct StopAsked {};

/// Settings that change while running.
struct Adjusted {
    bool preempt = false;
    Duration preempt_delay{};
    std::int32_t preempt_margin = 1;
    std::int32_t priority = 0;
};

using Event =
    std::variant<Tick, Heard, Proved, ServiceChanged, LinksChanged, MaintenanceChanged, PeerVerdict, Withdrawn,
                 AddressRefused, SwitchoverAsked, StopAsked, Adjusted, UpstreamChecked, VipProbed, FencedByOperator>;

} // namespace belay::core
