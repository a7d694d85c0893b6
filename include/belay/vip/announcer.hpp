#pragma once
// When to announce which VIP: a burst at a takeover, a slow refresh while it is held, and another burst whenever
// somebody's neighbour table may be wrong (DESIGN section 5). All VIPs share one rate, because switches throttle
// floods; the one that has waited longest goes first, so that every VIP is announced once before any is announced
// twice. What an announcement looks like on the wire is the business of packet/announce.hpp.

#include "belay/base/inet.hpp"
#include "belay/base/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace belay::vip {

/// `[announce]` of the configuration.
struct Pace {
    std::uint32_t burst = 5;                                  ///< announcements of a VIP in a row, at least 1
    Duration burst_interval = std::chrono::milliseconds(200); ///< between two of them
    Duration refresh_interval = std::chrono::seconds(60);     ///< while it is held; zero: never
    std::uint32_t packets_per_second_max = 1000;              ///< over all VIPs, at least 1
    /// A foreign claim is answered by this many announcements in a row, at least 1, ...
    std::uint32_t defence_burst = 1;
    /// ... which begin at most this often for each VIP, so that two hosts that answer each other do not flood the link
    /// (RFC 5227, section 2.4 (c), DEFEND_INTERVAL). A claim within that time is answered at its end: the last word is
    /// ours.
    Duration defence_interval = std::chrono::seconds(10);
};

/// Why a VIP is announced again.
enum class Reason : std::uint8_t {
    healed,               ///< the cluster or the network is whole again: somebody else may have been believed
    link_up,              ///< the link is back, or another one: switches and neighbours may have forgotten
    put_back,             ///< the address had been removed and was added again
    foreign_announcement, ///< somebody else was heard to claim it
};

/// Frames that one announcement costs: IPv4 has a request and a reply form, IPv6 has one advertisement.
[[nodiscard]] inline unsigned frames_per_announcement(const IpAddress& vip) noexcept {
    return vip.is_v4() ? 2 : 1;
}

/// The schedule. A pure value: it reads no clock; `now` must never go backwards. One thread.
class Announcer {
public:
    /// A VIP whose frames cannot be sent is tried again after burst_interval, then twice as long, up to this.
    static constexpr Duration retry_interval_max = std::chrono::seconds(5);

    explicit Announcer(const Pace& pace);

    /// From now on exactly these VIPs are held. New ones are announced at once; those that were held already keep their
    /// schedule; others are forgotten.
    void start(Instant now, std::span<const IpAddress> vips);

    /// Nothing is held any more; nothing is announced.
    void stop();

    /// Takes another pace, for what is scheduled from now on.
    void set_pace(const Pace& pace);

    /// Begins another burst for one VIP, or for all of them. A VIP that is not held is passed over.
    void announce_again(Instant now, Reason reason, std::optional<IpAddress> vip = std::nullopt);

    /// The VIPs to announce now, in this order. Each counts as announced unless failed() says otherwise.
    [[nodiscard]] std::vector<IpAddress> due(Instant now);

    /// An announcement that due() asked for could not be sent: it is owed again.
    void failed(Instant now, const IpAddress& vip);

    /// When to call due() next; nothing when nothing is scheduled.
    [[nodiscard]] std::optional<Instant> next_deadline() const;

private:
    struct Schedule {
        std::optional<Instant> next;              ///< nothing: never again by itself
        std::uint32_t left = 0;                   ///< of the present burst
        std::uint32_t failures = 0;               ///< in a row
        bool is_retry = false;                    ///< the next one repeats one that failed
        std::optional<Instant> answered_claim_at; ///< when the latest answer to a foreign claim began
        std::optional<Instant> answer_at;         ///< when the next one is owed
    };

    void set_next(const IpAddress& vip, Schedule& schedule, std::optional<Instant> next);
    void begin_burst(const IpAddress& vip, Schedule& schedule, std::uint32_t count, Instant at);
    void answer_claim(const IpAddress& vip, Schedule& schedule, Instant now);
    void advance(const IpAddress& vip, Instant now);
    [[nodiscard]] Duration frame_interval() const noexcept;

    Pace pace_;
    std::map<IpAddress, Schedule> schedules_;
    std::set<std::pair<Instant, IpAddress>> queue_; ///< every `next`, the earliest first
    Instant next_frame_;                            ///< the rate allows the next frame from here on
};

} // namespace belay::vip
