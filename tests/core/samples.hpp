#pragma once
// The nodes, runs and ballots that the tests of the core talk about: alpha, bravo and charlie, with the defaults of the
// configuration (lease 500 ms, heartbeat 100 ms, drift 1 %, slack 20 ms).

#include "belay/core/message.hpp"
#include "belay/core/parameters.hpp"

#include <vector>

namespace belay::core::testing {

using namespace std::chrono_literals;

inline const NodeId alpha = node_id("alpha");
inline const NodeId bravo = node_id("bravo");
inline const NodeId charlie = node_id("charlie");

/// When the tested node's run starts; any instant well after zero.
inline constexpr Instant start{1000s};
/// L with the defaults, and what it is worth after drift and slack: 500 ms less 1 % less 20 ms.
inline constexpr Duration lease_length = 500ms;
inline constexpr Duration lease_worth = 475ms;

/// Run number `run` of a node's daemon on boot number `boot`; later runs of one boot start later.
inline Incarnation incarnation(NodeId node, std::int64_t run = 1, std::uint8_t boot = 1) {
    Incarnation made;
    made.boot_id[0] = boot;
    made.boot_id[1] = static_cast<std::uint8_t>(node.value);
    made.netns_cookie = 7;
    made.started_ns = run;
    made.nonce = node.value ^ static_cast<std::uint64_t>(run);
    return made;
}

inline Ballot ballot(Term term, NodeId node, std::int64_t run = 1) {
    return {.term = term, .node = node, .incarnation = incarnation(node, run)};
}

inline Request request(RequestKind kind, const Ballot& wanted, Instant composed_at = start) {
    return {.kind = kind, .ballot = wanted, .composed_at = composed_at};
}

inline Answer grant(const Request& asked, Duration promised = lease_length) {
    return {.to = asked.kind,
            .ballot = asked.ballot,
            .asked_at = asked.composed_at,
            .verdict = Verdict::granted,
            .promised = promised};
}

inline Answer refuse(const Request& asked, Verdict verdict, Term bound_term, Duration remaining) {
    return {.to = asked.kind,
            .ballot = asked.ballot,
            .asked_at = asked.composed_at,
            .verdict = verdict,
            .bound_term = bound_term,
            .remaining = remaining};
}

inline std::vector<Participant> three_nodes() {
    return {{.id = alpha, .name = "alpha"}, {.id = bravo, .name = "bravo"}, {.id = charlie, .name = "charlie"}};
}

} // namespace belay::core::testing
