#pragma once
// Everything that an election wants done, as values: the one door out. The executor does them in the order given.

#include "belay/core/message.hpp"

#include <string>
#include <variant>

namespace belay::core::action {

/// To one peer, on all channels.
struct Send {
    NodeId to;
    Message message;
};

/// The lease is won: put the VIPs up and announce them. Never after `until`, unless action::Extended moved it.
struct Serve {
    Ballot ballot;
    Instant until;
    bool after_release = false; ///< the old holder has just released: nobody can be there
};

/// The lease runs longer now. The place where the fence is armed again (DESIGN section 4).
struct Extended {
    Instant until;
};

/// Take the VIPs down at once and report event Withdrawn with this ballot, acknowledged by the kernel.
struct Withdraw {
    Ballot ballot;
    bool others_wait = false; ///< for the release that follows: until then, or until the promises end, nobody may serve
};

/// This node's role, or that of another as seen from here, changed. To be logged and kept.
struct RoleChanged {
    NodeId node;
    Role from = Role::joining;
    Role to = Role::joining;
    Term term = 0;
    Reason reason;
};

/// Begin or stop to ask for the VIPs by ARP probes or neighbour solicitations, each `interval`, and report each
/// question by event VipProbed (section 3.7). Goes on while the VIPs are held: a host does not hear its own question.
struct ProbeVips {
    bool on = false;
    Duration interval{};
};

/// The answer to events SwitchoverAsked and FencedByOperator.
struct Reply {
    bool accepted = false;
    NodeId to{};      ///< accepted: who was asked to take over
    std::string text; ///< for the operator
};

/// Something to be logged once, with a stable first word.
struct Noticed {
    std::string event;
    NodeId node;
    std::string text;
};

/// The last message was sent; the daemon may end.
struct Stopped {};

} // namespace belay::core::action

namespace belay::core {

using Action = std::variant<action::Send, action::Serve, action::Extended, action::Withdraw, action::RoleChanged,
                            action::ProbeVips, action::Reply, action::Noticed, action::Stopped>;

} // namespace belay::core
