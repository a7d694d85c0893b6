#pragma once
// What the info thread reports. Every handler is called on the info thread; it should post what it got to its own
// thread, return at once and throw nothing. An empty handler is allowed.

#include "belay/base/ids.hpp"
#include "belay/info/card.hpp"
#include "belay/info/counters.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belay::info {

enum class Verdict : std::uint8_t {
    accepted,        ///< a session is up; cards and requests flow
    refused_by_peer, ///< `reason` is the peer's, in words for an operator of this node
    refused_by_us,
    disconnected, ///< no session, and nobody refused anything: silent, closed, or not reachable
};

/// Who opened the connection. Between two nodes there is one of each, and each has a verdict of its own.
enum class Direction : std::uint8_t { dialled, accepted };

/// The stable words for logs and JSON.
[[nodiscard]] std::string_view to_text(Verdict verdict) noexcept;
[[nodiscard]] std::string_view to_text(Direction direction) noexcept;

/// How joining stands in one direction.
struct Join {
    Verdict verdict = Verdict::disconnected;
    Direction direction = Direction::dialled;
    std::string name;    ///< of the peer, as configured or as it called itself; empty when it never said
    std::string address; ///< of its end of the connection
    std::string reason;  ///< empty when accepted

    bool operator==(const Join&) const = default;
};

/// One configured peer in a Report.
struct PeerReport {
    NodeId id;
    std::string name;
    bool joined = false;          ///< a session is up in at least one direction
    std::optional<Join> dialled;  ///< the last verdict; nothing before the first one
    std::optional<Join> accepted; ///< the same for the other direction
    std::optional<NodeCard> card; ///< the last one heard, also of a peer that is gone
};

/// A copy of the state of the info thread.
struct Report {
    bool listening = false;
    std::string listen_problem;       ///< why not
    std::size_t connections_open = 0; ///< joined or not, both directions
    std::vector<PeerReport> peers;
    Counters counters;
};

/// Answers a request; may be kept and called later, from any thread, also after the Thread is gone. The first call
/// counts; an answer after the asker's deadline or after its session ended is dropped.
using Reply = std::function<void(nlohmann::json)>;

struct Handlers {
    /// A peer's card is new or changed.
    std::function<void(NodeId peer, const NodeCard& card)> card;
    /// A verdict changed. `peer` is zero when the other end cannot be counted as a configured peer: unknown or doubled
    /// name, own name, or a wrong key from elsewhere (or from the address of a peer that is joined anyway).
    std::function<void(NodeId peer, const Join& join)> joined;
    /// A peer asks; see Thread::ask. Without this handler every request is answered with an error.
    std::function<void(NodeId peer, const nlohmann::json& request, Reply reply)> request;
    /// Each Timing::report_interval, and after Thread::request_report().
    std::function<void(const Report& report)> report;
};

} // namespace belay::info
