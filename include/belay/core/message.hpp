#pragma once
// What one node tells another in a heartbeat (DESIGN sections 3 and 6), after its MAC, echo and sequence number were
// checked and before they are added: wire/heartbeat_codec.hpp turns it into bytes and back. All durations are lengths,
// never instants of another host's clock; `composed_at` is the one exception, and only its author interprets it.

#include "belay/base/ids.hpp"
#include "belay/base/time.hpp"
#include "belay/core/ballot.hpp"
#include "belay/core/reason.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace belay::core {

/// DESIGN section 2. `down` is how others see a silent node; nobody says it of itself, except when it leaves.
enum class Role : std::uint8_t { joining = 1, standby = 2, active = 3, down = 4, refused = 5 };

/// The stable word for logs, JSON and the command line.
[[nodiscard]] std::string_view to_text(Role role) noexcept;

/// What a node wants of the receiver as an acceptor.
enum class RequestKind : std::uint8_t {
    none = 0,
    renew = 1,    ///< the active: promise me my ballot again (section 3.2)
    pre_vote = 2, ///< would you vote for this ballot? obliges to nothing (3.4)
    vote = 3,     ///< vote for this ballot (3.4)
};

struct Request {
    RequestKind kind = RequestKind::none;
    Ballot ballot;
    Instant composed_at; ///< the author's clock, read before composing; comes back in the Answer

    bool operator==(const Request&) const = default;
};

enum class Verdict : std::uint8_t {
    granted = 1,
    abstaining = 2, ///< too early after the acceptor's start (3.1)
    promised = 3,   ///< a promise to another ballot is running
    old_term = 4,   ///< not above the highest term it ever promised, and not the ballot of its promise
};

/// What an acceptor says to one Request.
struct Answer {
    RequestKind to = RequestKind::none;
    Ballot ballot;
    Instant asked_at; ///< `composed_at` of the request it answers
    Verdict verdict = Verdict::granted;
    Duration promised{};  ///< granted: how long the promise runs, from the receipt of the request
    Term bound_term = 0;  ///< refused: the highest term it is bound to
    Duration remaining{}; ///< refused: how long until it may grant

    bool operator==(const Answer&) const = default;
};

/// Ballots whose proposers gave them up for good (3.5): a fact that anybody may pass on.
struct ReleaseList {
    static constexpr std::size_t count_max = 4;
    std::array<Ballot, count_max> ballots{}; ///< `count` of them
    std::size_t count = 0;

    bool operator==(const ReleaseList&) const = default;
};

struct Message {
    Role role = Role::joining;
    Reason reason;           ///< why it has this role
    bool eligible = false;   ///< may become active (section 2)
    bool ranks_last = false; ///< lost a lease lately (3.3)
    bool leaving = false;    ///< stops in good order; do not wait for it
    bool service_healthy = false;
    std::int32_t priority = 0;
    std::int64_t started_unix_ns = 0; ///< start timestamp, wall clock; orders candidates, nothing else
    std::uint64_t config_digest = 0;  ///< section 3.8
    Term highest_term = 0;            ///< seen anywhere
    Ballot held;                      ///< the ballot that the sender holds by, if it is active
    Ballot promised;                  ///< the sender's running promise, if any
    Duration promise_remaining{};
    NodeId successor; ///< with a release: who is asked to take over; none otherwise
    ReleaseList released;
    Request request;
    std::optional<Answer> answer;

    bool operator==(const Message&) const = default;
};

} // namespace belay::core
