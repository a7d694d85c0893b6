#pragma once
// The monitor's picture of this host: built from netlink messages one by one, and compared with a newer picture.

#include "belay/netlink/monitor.hpp"

#include <map>
#include <tuple>
#include <vector>

struct nlmsghdr;

namespace belay::netlink {

class HostView {
public:
    /// Takes in one message and appends what it changed. Messages of other types are passed over.
    void apply(const nlmsghdr& message, std::vector<Change>& changes);

    /// Takes over a newer picture, and appends what is different: first what is gone, then links, then addresses.
    void replace_with(HostView newer, std::vector<Change>& changes);

    [[nodiscard]] const vip::Link* find_link(std::string_view name) const noexcept;
    [[nodiscard]] const vip::Link* find_link(int index) const noexcept;
    [[nodiscard]] vip::Host host(bool marks_addresses) const;

private:
    /// Interface, local address and peer: what makes two addresses two for the kernel.
    using Key = std::tuple<int, IpPrefix, IpAddress>;

    static Key key_of(const vip::Address& address) { return {address.ifindex, address.prefix, address.peer}; }

    void put(const vip::Link& link, std::vector<Change>& changes);
    void put(const vip::Address& address, std::vector<Change>& changes);
    void erase_link(int index, std::vector<Change>& changes);
    void erase_address(const Key& key, std::vector<Change>& changes);

    std::map<int, vip::Link> links_;
    std::map<Key, vip::Address> addresses_;
    bool mark_seen_ = false; ///< an address had a mark, so this kernel keeps them
};

} // namespace belay::netlink
