#pragma once
// Which VIPs a foreign host uses, and what is worth telling (RFC 5227, sections 2.1 and 2.4): each foreign host is told
// of once for each VIP, not with every frame of its own, and whoever makes up MAC addresses gains no flood of lines.

#include "belay/base/inet.hpp"
#include "belay/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace belay::vip {

/// A foreign host and a VIP.
struct Conflict {
    enum class Kind : std::uint8_t {
        taken,   ///< it answered before we put the VIP up: we do not serve it
        claimed, ///< it says that the VIP is its own while we serve it
    };

    Kind kind = Kind::claimed;
    MacAddress mac;   ///< of the foreign host
    int ifindex = 0;  ///< where it was heard
    Instant began_at; ///< when this host was first heard
    Instant heard_at; ///< when it was last heard

    bool operator==(const Conflict&) const = default;
};

/// A pure value: it reads no clock; `now` must never go backwards. One thread.
class Conflicts {
public:
    /// A foreign host that claims a VIP which we serve is forgotten after this long a silence, and told of again when
    /// it is heard again.
    static constexpr Duration silence_max = std::chrono::minutes(1);
    /// Foreign hosts of one VIP that are told apart; further ones are not told of.
    static constexpr std::size_t macs_max = 8;

    /// A foreign host was heard to use a VIP. True when that is to be told.
    bool heard(Instant now, const IpAddress& vip, Conflict::Kind kind, const MacAddress& mac, int ifindex);

    /// Nobody else uses this VIP any more. True when somebody did.
    bool over(const IpAddress& vip) { return conflicts_.erase(vip) > 0; }

    /// No VIP is ours to serve any more: all are forgotten.
    void clear() { conflicts_.clear(); }

    /// The foreign host of this VIP that was heard last; nothing when there is none.
    [[nodiscard]] std::optional<Conflict> find(Instant now, const IpAddress& vip) const;

private:
    /// All that are known of one VIP, the one that was heard last at the end. Never empty.
    using Hosts = std::vector<Conflict>;

    std::map<IpAddress, Hosts> conflicts_;
};

} // namespace belay::vip
