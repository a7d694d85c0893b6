#pragma once
// Probe before claim (DESIGN section 5; RFC 5227, section 2.1, and RFC 4862, section 5.4, with the times of a cluster
// instead of theirs): a VIP is asked for a few times, and only when nobody answers may it be put up. One that a foreign
// host answers for is left to it, and asked for again each second until it is free. What a question looks like on the
// wire is the business of packet/announce.hpp.

#include "belay/base/inet.hpp"
#include "belay/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace belay::vip {

/// `probe_count` and `probe_interval` of the configuration.
struct ProbePace {
    std::uint32_t count = 3;                           ///< questions for a VIP in a row; 0: it is not asked for
    Duration interval = std::chrono::milliseconds(10); ///< after each of them, before the next one or the claim
};

/// A pure value: it reads no clock; `now` must never go backwards. One thread.
class Prober {
public:
    /// From the last answer of a foreign host until it is asked again whether the VIP is free.
    static constexpr Duration retry_interval = std::chrono::seconds(1);
    /// Questions that one due() gives, so that thousands of VIPs do not hold the thread.
    static constexpr std::size_t questions_per_turn_max = 256;

    explicit Prober(const ProbePace& pace)
        : pace_(pace) {}

    /// Takes another pace, for what is asked from now on.
    void set_pace(const ProbePace& pace) { pace_ = pace; }

    /// Asks for these VIPs from now on, and for nothing else. With a count of 0 all of them are free at once.
    void start(Instant now, std::span<const IpAddress> vips);
    /// Asks for nothing any more; what is not free yet is forgotten.
    void stop();
    /// This VIP is not asked for any more.
    void forget(const IpAddress& vip);

    /// Somebody was heard to have or to want this VIP. True when it matters, because it is being asked for: it is
    /// taken, and asked for again later.
    bool answered(Instant now, const IpAddress& vip);

    /// What to do now.
    struct Turn {
        std::vector<IpAddress> ask;  ///< to be sent in this order
        std::vector<IpAddress> free; ///< nobody answered: may be put up; not asked for any more
    };

    [[nodiscard]] Turn due(Instant now);
    /// When to call due() next; nothing when nothing is asked for.
    [[nodiscard]] std::optional<Instant> next_deadline() const;

    /// Whether nothing is known against putting this VIP up.
    [[nodiscard]] bool may_claim(const IpAddress& vip) const { return !asked_.contains(vip); }

    /// Whether a foreign host was heard to have it.
    [[nodiscard]] bool is_taken(const IpAddress& vip) const;

private:
    struct Question {
        Instant next; ///< the next question, or, after the last one, the claim
        std::uint32_t sent = 0;
        bool taken = false;
    };

    void set_next(const IpAddress& vip, Question& question, Instant next);

    ProbePace pace_;
    std::map<IpAddress, Question> asked_;
    std::set<std::pair<Instant, IpAddress>> queue_; ///< every `next`, the earliest first
};

} // namespace belay::vip
