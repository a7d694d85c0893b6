#include "belay/netlink/fence_watch.hpp"

#include "belay/netlink/fence_rules.hpp"
#include "belay/netlink/message.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string_view>
#include <sys/socket.h>

namespace belay::netlink {

namespace {

/// The name of the table is the first attribute of every kind of message (NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, …).
constexpr std::uint16_t attribute_table = NFTA_TABLE_NAME;

int find_table(const nlattr* attribute, void* data) {
    if (mnl_attr_get_type(attribute) == attribute_table && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0) {
        *static_cast<std::string_view*>(data) = mnl_attr_get_str(attribute);
    }
    return MNL_CB_OK;
}

std::string_view act_of(unsigned message) {
    switch (message) {
    case NFT_MSG_DELTABLE:
        return "deleted the table";
    case NFT_MSG_DELCHAIN:
        return "deleted a chain";
    case NFT_MSG_DELRULE:
        return "deleted a rule";
    case NFT_MSG_DELSET:
    case NFT_MSG_DELSETELEM:
        return "deleted a set or elements of it";
    case NFT_MSG_NEWSETELEM:
        return "added elements";
    default:
        return "changed the table";
    }
}

std::string_view name_of(std::uint8_t family) {
    switch (static_cast<nft::Family>(family)) {
    case nft::Family::inet:
        return "inet";
    case nft::Family::arp:
        return "arp";
    case nft::Family::netdev:
        return "netdev";
    }
    return {};
}

} // namespace

std::string tampering_in(const nlmsghdr& message, std::uint32_t own_port) {
    const bool ours = message.nlmsg_pid == own_port;
    const bool nf_tables = NFNL_SUBSYS_ID(message.nlmsg_type) == NFNL_SUBSYS_NFTABLES;
    if (ours || !nf_tables || mnl_nlmsg_get_payload_len(&message) < sizeof(nfgenmsg)) {
        return {};
    }
    const unsigned kind = NFNL_MSG_TYPE(message.nlmsg_type);
    const auto& body = *static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(&message));
    const std::string_view family = name_of(body.nfgen_family);
    if (kind == NFT_MSG_NEWGEN || family.empty()) {
        return {};
    }
    std::string_view table;
    mnl_attr_parse(&message, sizeof(body), find_table, &table);
    if (table != fence_table) {
        return {};
    }
    const std::string who = message.nlmsg_pid == 0 ? std::string("the kernel")
                                                   : fmt::format("the process with netlink port {}", message.nlmsg_pid);
    return fmt::format("{} {} {} {}", who, act_of(kind), family, table);
}

namespace {

/// Leaves in the kernel what we did ourselves: the re-arming of each heartbeat would wake us a second time. It looks at
/// the first message of a notification only; the rest of it is from the same transaction, so of the same sender.
Status pass_over(int socket, std::uint32_t own_port) {
    // A filter reads fields as big-endian; netlink's are in the byte order of the host.
    const std::uint32_t as_read = htonl(own_port);
    std::array<sock_filter, 4> program{{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(nlmsghdr, nlmsg_pid)),
                                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, as_read, 0, 1),
                                        BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, ~0U)}};
    const sock_fprog filter{.len = program.size(), .filter = program.data()};
    if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) != 0) {
        return fail_errno(errno, "cannot attach a filter to the socket for notifications of nf_tables");
    }
    return {};
}

} // namespace

Result<FenceWatch> FenceWatch::open(std::uint32_t own_port) {
    auto socket = RequestSocket::open(NETLINK_NETFILTER);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    const int group = NFNLGRP_NFTABLES;
    if (::setsockopt(socket->fd(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) != 0) {
        return fail_errno(errno, "cannot listen to the notifications of nf_tables");
    }
    if (const Status filtered = pass_over(socket->fd(), own_port); !filtered) {
        return std::unexpected(filtered.error());
    }
    return FenceWatch(std::move(*socket), own_port);
}

std::string FenceWatch::receive() {
    std::string found;
    const bool whole = socket_.drain([&](const nlmsghdr& message) {
        if (found.empty()) {
            found = tampering_in(message, own_port_);
        }
    });
    return whole || !found.empty() ? found : "notifications of nf_tables were lost";
}

} // namespace belay::netlink
