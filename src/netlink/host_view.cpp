#include "host_view.hpp"

#include "belay/netlink/address_message.hpp"
#include "belay/netlink/link_message.hpp"

#include <algorithm>
#include <linux/rtnetlink.h>
#include <ranges>

namespace belay::netlink {

void HostView::apply(const nlmsghdr& message, std::vector<Change>& changes) {
    if (const auto link = decode_link(message)) {
        message.nlmsg_type == RTM_NEWLINK ? put(*link, changes) : erase_link(link->index, changes);
    } else if (const auto address = decode_address(message)) {
        message.nlmsg_type == RTM_NEWADDR ? put(*address, changes) : erase_address(key_of(*address), changes);
    }
}

void HostView::replace_with(HostView newer, std::vector<Change>& changes) {
    std::vector<Key> addresses_gone;
    for (const auto& [key, address] : addresses_) {
        if (!newer.addresses_.contains(key)) {
            addresses_gone.push_back(key);
        }
    }
    std::ranges::for_each(addresses_gone, [&](const Key& key) { erase_address(key, changes); });
    std::vector<int> links_gone;
    for (const auto& [index, link] : links_) {
        if (!newer.links_.contains(index)) {
            links_gone.push_back(index);
        }
    }
    std::ranges::for_each(links_gone, [&](int index) { erase_link(index, changes); });
    std::ranges::for_each(newer.links_ | std::views::values, [&](const vip::Link& link) { put(link, changes); });
    std::ranges::for_each(newer.addresses_ | std::views::values,
                          [&](const vip::Address& address) { put(address, changes); });
}

void HostView::put(const vip::Link& link, std::vector<Change>& changes) {
    const auto [entry, is_new] = links_.try_emplace(link.index, link);
    if (is_new || entry->second != link) {
        entry->second = link;
        changes.emplace_back(LinkChanged{link});
    }
}

void HostView::put(const vip::Address& address, std::vector<Change>& changes) {
    mark_seen_ = mark_seen_ || address.mark != 0;
    const auto [entry, is_new] = addresses_.try_emplace(key_of(address), address);
    if (is_new || entry->second != address) {
        entry->second = address;
        changes.emplace_back(AddressChanged{address});
    }
}

void HostView::erase_link(int index, std::vector<Change>& changes) {
    const auto entry = links_.find(index);
    if (entry == links_.end()) {
        return;
    }
    for (auto address = addresses_.begin(); address != addresses_.end();) {
        if (address->second.ifindex == index) {
            changes.emplace_back(AddressGone{address->second});
            address = addresses_.erase(address);
        } else {
            ++address;
        }
    }
    changes.emplace_back(LinkGone{entry->second});
    links_.erase(entry);
}

void HostView::erase_address(const Key& key, std::vector<Change>& changes) {
    if (const auto entry = addresses_.find(key); entry != addresses_.end()) {
        changes.emplace_back(AddressGone{entry->second});
        addresses_.erase(entry);
    }
}

const vip::Link* HostView::find_link(std::string_view name) const noexcept {
    const auto found = std::ranges::find_if(links_, [&](const auto& entry) { return entry.second.name == name; });
    return found == links_.end() ? nullptr : &found->second;
}

const vip::Link* HostView::find_link(int index) const noexcept {
    const auto found = links_.find(index);
    return found == links_.end() ? nullptr : &found->second;
}

vip::Host HostView::host(bool marks_addresses) const {
    vip::Host host;
    host.marks_addresses = marks_addresses || mark_seen_;
    std::ranges::copy(links_ | std::views::values, std::back_inserter(host.links));
    std::ranges::copy(addresses_ | std::views::values, std::back_inserter(host.addresses));
    return host;
}

} // namespace belay::netlink
