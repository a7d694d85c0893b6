#pragma once
// Tells operators which foreign host uses a VIP (DESIGN section 5, G4): once in the log, in `belay events`, and for as
// long as it goes on in `belay status`. What counts as worth telling is decided in vip/conflicts.hpp.

#include "belay/packet/announce.hpp"
#include "belay/vip/conflicts.hpp"
#include "belay/vip/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace belay::daemon {

/// What happened between a foreign host and a VIP.
struct ConflictEvent {
    enum class Kind : std::uint8_t {
        taken,   ///< it has a VIP that we were about to serve: we do not
        claimed, ///< it claims a VIP that we serve
        freed,   ///< nobody answers any more for a VIP that was taken: we serve it
    };

    Duration unix_time{}; ///< since the epoch
    Kind kind = Kind::claimed;
    std::string vip; ///< its name
    IpPrefix prefix;
    std::string interface; ///< where the host was heard
    MacAddress mac;
};

/// "vip_taken", "vip_claimed", "vip_freed".
[[nodiscard]] const char* event_of(ConflictEvent::Kind kind) noexcept;
/// In words, with the MAC address and the interface.
[[nodiscard]] std::string describe(const ConflictEvent& event);

/// One thread, the watchdog.
class ConflictWatch {
public:
    static constexpr std::size_t events_max = 1000;

    /// A foreign host was heard on `interface`; tells it if it is new.
    void heard(const vip::Vip& vip, vip::Conflict::Kind kind, const packet::Claim& claim, const std::string& interface);
    /// Nobody answered for a VIP; tells it if somebody did before.
    void freed(const vip::Vip& vip);

    /// No VIP is ours to serve any more.
    void clear() { conflicts_.clear(); }

    [[nodiscard]] std::optional<vip::Conflict> find(const IpAddress& address) const;
    /// The last `count` of them, the oldest first.
    [[nodiscard]] std::vector<ConflictEvent> last(std::size_t count) const;

private:
    void tell(ConflictEvent event);

    vip::Conflicts conflicts_;
    std::deque<ConflictEvent> events_;
};

} // namespace belay::daemon
