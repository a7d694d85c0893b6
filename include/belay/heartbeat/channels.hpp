#pragma once
// All sockets of this node, one a channel, and what is sent through them to each peer. A channel that cannot be made,
// breaks or refuses to send costs a counter and a line; the others carry on.

#include "belay/base/bytes.hpp"
#include "belay/base/result.hpp"
#include "belay/heartbeat/channel_socket.hpp"
#include "belay/heartbeat/setup.hpp"
#include "belay/wire/rate_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace belay::heartbeat {

/// How sending on one channel to one peer goes.
struct SendState {
    std::uint64_t sent = 0;
    std::uint64_t failures = 0;
    std::string trouble; ///< of the last try; empty when it worked
};

/// One thread.
class Channels {
public:
    explicit Channels(const Setup& setup);

    /// Tries once for every channel that has no socket; logs each change of state. Gives the channels opened.
    [[nodiscard]] std::vector<std::size_t> open_missing();

    /// Sends the same bytes on each channel that we share with the peer of that index.
    void send(std::size_t peer, ByteView packet, Instant now);

    /// nullptr: it has no socket now.
    [[nodiscard]] ChannelSocket* socket(std::size_t channel) noexcept;

    /// The socket of that channel cannot be read any more: closes it, until open_missing(). Cancel waits on it first.
    void close(std::size_t channel, const Error& why);

    [[nodiscard]] std::size_t count() const noexcept { return own_.size(); }

    [[nodiscard]] const Endpoint& own(std::size_t channel) const { return own_.at(channel).endpoint; }

    [[nodiscard]] const SendState& sending(std::size_t peer, std::size_t channel) const {
        return peers_.at(peer).pairs.at(channel).state;
    }

    /// Why the channel has no socket; empty when it has one.
    [[nodiscard]] const std::string& trouble(std::size_t channel) const { return own_.at(channel).trouble; }

private:
    struct Own {
        Endpoint endpoint;
        std::optional<ChannelSocket> socket;
        std::string trouble;
    };

    struct Pair {
        Endpoint remote;
        SendState state;
        wire::CountedLine failure_line; ///< a link that flaps a thousand times a minute is told once in it
        bool told = false;              ///< that it fails
    };

    struct PeerPairs {
        std::string name;
        std::vector<Pair> pairs;
    };

    void note_sent(const PeerPairs& peer, std::size_t channel, Pair& pair, const Status& result, Instant now);

    std::vector<Own> own_;
    std::vector<PeerPairs> peers_;
};

} // namespace belay::heartbeat
