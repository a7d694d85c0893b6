#pragma once
// What the heartbeat thread tells of peers, channels and refused packets: for `belay nodes`, `belay status` and events.
// Nothing in the election depends on it.

#include "belay/base/ids.hpp"
#include "belay/base/inet.hpp"
#include "belay/base/time.hpp"
#include "belay/wire/channel_stats.hpp"
#include "belay/wire/reject.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace belay::heartbeat {

/// One channel to one peer.
struct ChannelReport {
    Endpoint own;
    Endpoint peer;
    wire::ChannelState state = wire::ChannelState::unheard;
    std::optional<Instant> last_heard;
    wire::ChannelCounts counts;
    std::uint64_t sent = 0;
    std::uint64_t send_failures = 0;
    std::string trouble; ///< why nothing can be sent or heard here now, in words; empty when all is well
};

struct PeerReport {
    NodeId id;
    std::string name;
    Incarnation incarnation; ///< the established one; not known() before first contact
    std::optional<Instant> last_heard;
    std::vector<ChannelReport> channels;
};

/// Something that an operator may have to know, told once (and at most once a minute where others cause it).
struct Note {
    enum class Kind : std::uint8_t {
        proved,     ///< `peer` proved `incarnation`
        rival,      ///< another daemon claims to be `peer`, with `incarnation`, while the established one is alive
        bad_packet, ///< `count` packets were refused for `reason` since the last such note; the last one from `source`
    };

    Kind kind = Kind::proved;
    NodeId peer{};
    Incarnation incarnation{};
    wire::Reject reason = wire::Reject::size;
    std::uint64_t count = 0;
    Endpoint source{};
};

struct Report {
    Instant made_at;
    std::vector<PeerReport> peers; ///< in the order of Setup::peers
    /// Packets whose sender is not known: refused before or by the MAC check.
    wire::RejectCounts strangers;
    std::vector<Note> notes; ///< since the last report
};

} // namespace belay::heartbeat
