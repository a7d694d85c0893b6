#pragma once
// Two hosts on one wire, with a packet socket on each: `left` announces, `right` is the neighbour that must believe it.

#include "../netlink/namespace.hpp"
#include "belay/base/inet.hpp"
#include "belay/packet/raw_socket.hpp"

#include <optional>
#include <vector>

namespace belay::testing {

struct Hosts {
    Hosts();

    /// Waits until `right` has heard this many frames, and gives them; fewer when they do not come in time.
    std::vector<packet::Frame> hear(std::size_t count);

    Pair pair;
    std::optional<packet::RawSocket> left;
    std::optional<packet::RawSocket> right;
    MacAddress left_mac;
    int left_index = 0;  ///< of veth0
    int right_index = 0; ///< of veth1
};

} // namespace belay::testing
