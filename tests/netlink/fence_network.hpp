#pragma once
// Three hosts around a fence, and what they can reach.

#include "belay/base/bytes.hpp"
#include "belay/netlink/fence.hpp"
#include "namespace.hpp"

#include <optional>
#include <string>
#include <vector>

namespace belay::testing {

/// left: 10.77.0.1 and fd77::1, with the VIPs 10.77.0.100 and fd77::100 and a closed fence around them;
/// right: 10.77.0.2 and fd77::2 beside it; far: 10.78.0.2 on a second network of left's (10.78.0.1).
struct FencedHost : Pair {
    FencedHost();

    /// Builds the fence for vips(), closed.
    void build();
    /// Arms it for longer than a case takes.
    void open();

    [[nodiscard]] static std::vector<IpAddress> vips();

    Namespace far;
    std::optional<netlink::Fence> fence;
};

/// Whether `address`, which may have options of ping before it, answers within seconds.
[[nodiscard]] bool reaches(const Namespace& from, const std::string& address);

/// Whether it does not answer, though others do so in a moment.
[[nodiscard]] bool silent(const Namespace& from, const std::string& address);

/// From now on counts the IPv4 packets at a hook for which the condition of the nft tool holds. Once per namespace.
void look_for(const Namespace& where, const std::string& hook, const std::string& condition);

/// Whether there was one.
[[nodiscard]] bool saw(const Namespace& where);

/// Whether the neighbour table has a MAC address for `address`.
[[nodiscard]] bool learned(const Namespace& where, const std::string& address);

/// Sends an ARP announcement of the IPv4 `address` through a packet socket; gives 0 or the errno.
[[nodiscard]] int announce(const Namespace& from, const std::string& device, const std::string& address);

/// The same through a packet socket that is open, to the interface of that index.
[[nodiscard]] int announce_through(int socket, int interface, const std::string& address);

/// Sends a whole Ethernet frame through a packet socket; gives 0 or the errno.
[[nodiscard]] int send_frame(const Namespace& from, const std::string& device, ByteView frame);

/// The elements of a set of table inet, as the nft tool writes them; empty where there is none.
[[nodiscard]] std::string elements(const Namespace& where, const std::string& set);

} // namespace belay::testing
