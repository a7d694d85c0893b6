#pragma once
// The conversation with all peers, without sockets, clocks and threads: bytes that came in become accepted heartbeats,
// answers or counted refusals, in the order of the gates; messages that go out become signed bytes.

#include "belay/base/bytes.hpp"
#include "belay/base/result.hpp"
#include "belay/heartbeat/report.hpp"
#include "belay/heartbeat/setup.hpp"
#include "belay/wire/channel_stats.hpp"
#include "belay/wire/contact.hpp"
#include "belay/wire/mac.hpp"
#include "belay/wire/rate_limit.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace belay::heartbeat {

/// Bytes as a socket gave them.
struct Datagram {
    ByteView bytes; ///< not owned
    std::size_t channel = 0;
    Endpoint source;
    Instant heard_at;
};

/// A challenge or an answer to one, to be composed and sent at once.
struct Reply {
    std::size_t to = 0; ///< index of the peer
    wire::Outgoing header;
};

/// What became of a Datagram.
struct Outcome {
    std::optional<wire::Reject> refused{}; ///< empty: accepted
    bool suspicious = false;               ///< refused, and healthy nodes do not cause that
    std::optional<std::size_t> peer{};     ///< index of the sender, once its MAC held
    std::optional<Received> received{};    ///< an accepted heartbeat; challenges carry no message
    std::optional<Reply> reply{};
    bool proved = false;                ///< the sender's incarnation is established now
    std::optional<Incarnation> rival{}; ///< seen for the first time, and due to be told
};

/// A channel that went up or down.
struct ChannelChange {
    std::size_t peer = 0;
    std::size_t channel = 0;
};

/// One thread at a time; movable.
class Exchange {
public:
    [[nodiscard]] static Result<Exchange> make(const Setup& setup, const wire::NonceSource& nonces, Instant now);

    /// `now` must not go back from call to call.
    [[nodiscard]] Outcome receive(Instant now, const Datagram& datagram);

    /// The signed bytes of a heartbeat to the peer of that index, or of a reply; valid until the next call. Each call
    /// takes a sequence number: send the same bytes on every channel.
    [[nodiscard]] Result<ByteView> compose(Instant now, std::size_t peer, const core::Message& message);
    [[nodiscard]] Result<ByteView> compose(Instant now, const Reply& reply);

    /// Judges which channels are up, by what was heard until `now`. Drain the sockets first.
    [[nodiscard]] std::vector<ChannelChange> judge_channels(Instant now);

    void replace_keys(wire::Keyring keys) { keys_ = std::move(keys); }

    [[nodiscard]] std::optional<std::size_t> index_of(NodeId peer) const noexcept;

    [[nodiscard]] const Peer& peer(std::size_t index) const { return peers_.at(index).configured; }

    [[nodiscard]] const wire::Contact& contact(std::size_t index) const { return peers_.at(index).contact; }

    /// One for each pair of channels, own and peer's.
    [[nodiscard]] const std::vector<wire::ChannelStats>& channels(std::size_t index) const {
        return peers_.at(index).channels;
    }

    [[nodiscard]] std::size_t peer_count() const noexcept { return peers_.size(); }

    [[nodiscard]] const wire::RejectCounts& strangers() const noexcept { return strangers_; }

private:
    struct PeerState {
        Peer configured;
        wire::Contact contact;
        std::vector<wire::ChannelStats> channels;
        wire::CountedLine rivals;
    };

    Exchange(const Setup& setup, wire::Keyring keys);

    [[nodiscard]] std::optional<wire::Reject> refuse_stranger(ByteView bytes);
    [[nodiscard]] Outcome judge(Instant now, std::size_t index, const Datagram& datagram);
    /// Whether the packet is a copy that this channel brought before.
    [[nodiscard]] static bool account(PeerState& peer, const Datagram& datagram, const wire::Header& header,
                                      const wire::Decision& decision);
    [[nodiscard]] Result<ByteView> seal(const wire::Packet& packet);
    [[nodiscard]] wire::Packet packet_to(Instant now, std::size_t peer, const wire::Outgoing& header) const;

    std::uint64_t cluster_;
    NodeId self_;
    Incarnation incarnation_;
    wire::Keyring keys_;
    std::vector<PeerState> peers_;
    wire::RejectCounts strangers_;
    Bytes buffer_; ///< of the last packet composed
};

} // namespace belay::heartbeat
