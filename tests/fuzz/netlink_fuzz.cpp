// What comes from a netlink socket: any bytes as messages about links, addresses and nf_tables, and as the kernel's
// verdicts. No message reaches beyond the datagram; the picture of the host that the monitor keeps is always what the
// changes that it told add up to.

#include "../../src/netlink/host_view.hpp"
#include "belay/base/log.hpp"
#include "belay/netlink/address_message.hpp"
#include "belay/netlink/fence_watch.hpp"
#include "belay/netlink/link_message.hpp"
#include "belay/netlink/message.hpp"
#include "check.hpp"

#include <linux/netlink.h>
#include <map>
#include <tuple>
#include <vector>

namespace {

using namespace belay;
using namespace belay::netlink;
using fuzz::must;

/// A host put together from changes alone.
class Listener {
public:
    void operator()(const LinkChanged& changed) { links_[changed.link.index] = changed.link; }

    void operator()(const LinkGone& gone) {
        must(links_.contains(gone.link.index) && links_[gone.link.index] == gone.link);
        links_.erase(gone.link.index);
        must(std::ranges::none_of(addresses_, [&gone](const auto& entry) {
            return entry.second.ifindex == gone.link.index; // told before
        }));
    }

    void operator()(const AddressChanged& changed) { addresses_[key_of(changed.address)] = changed.address; }

    void operator()(const AddressGone& gone) {
        must(addresses_.contains(key_of(gone.address)) && addresses_[key_of(gone.address)] == gone.address);
        addresses_.erase(key_of(gone.address));
    }

    void operator()(const Resynced& /*resynced*/) {}

    void hear(const std::vector<Change>& changes) {
        for (const Change& change : changes) {
            std::visit(*this, change);
        }
    }

    void must_know(const HostView& view) const {
        const vip::Host host = view.host(true);
        must(host.links.size() == links_.size() && host.addresses.size() == addresses_.size());
        for (const vip::Link& link : host.links) {
            must(links_.contains(link.index) && links_.at(link.index) == link && !link.name.empty());
            must(view.find_link(link.index) != nullptr && view.find_link(link.name) != nullptr);
        }
        for (const vip::Address& address : host.addresses) {
            must(addresses_.contains(key_of(address)) && addresses_.at(key_of(address)) == address);
        }
    }

private:
    using Key = std::tuple<int, IpPrefix, IpAddress>;

    static Key key_of(const vip::Address& address) { return {address.ifindex, address.prefix, address.peer}; }

    std::map<int, vip::Link> links_;
    std::map<Key, vip::Address> addresses_;
};

void must_be_loggable(std::string_view text) {
    must(fuzz::has_no_controls(log::format_line("event", {{"reason", std::string(text)}})));
}

void read_alone(const nlmsghdr& message) {
    constexpr std::uint32_t own_port = 4711;
    const std::string tampering = tampering_in(message, own_port);
    must(tampering.empty() || (message.nlmsg_pid != own_port && fuzz::has_no_controls(tampering)));
    if (const auto verdict = decode_verdict(message)) {
        must(verdict->code >= 0 && (verdict->code == 0) == verdict->text.empty());
        must_be_loggable(verdict->text);
    }
    if (const auto address = decode_address(message)) {
        must(!decode_link(message) && address->prefix.address.family == address->peer.family);
        must(!address->secondary || address->prefix.address.is_v4());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes datagram(data, data + size);
    datagram.resize(NLMSG_ALIGN(size)); // as in the receive buffer, libmnl may look at the padding of the last message
    const ByteView view = ByteView(datagram).first(size);

    HostView host;
    HostView earlier;
    Listener listener;
    Listener listener_of_earlier;
    std::size_t count = 0;
    for_each_message(view, [&](const nlmsghdr& message) {
        const auto* const begin = static_cast<const std::uint8_t*>(static_cast<const void*>(&message));
        must(begin >= view.data() && begin + message.nlmsg_len <= view.data() + view.size());
        read_alone(message);
        std::vector<Change> changes;
        host.apply(message, changes);
        listener.hear(changes);
        listener.must_know(host);
        if (++count % 2 == 1) {
            changes.clear();
            earlier.apply(message, changes);
            listener_of_earlier.hear(changes);
        }
    });
    std::vector<Change> changes;
    earlier.replace_with(host, changes);
    listener_of_earlier.hear(changes);
    listener_of_earlier.must_know(host);
    changes.clear();
    earlier.replace_with(host, changes);
    must(changes.empty());
    return 0;
}
