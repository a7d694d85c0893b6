#include "belay/netlink/fence_rules.hpp"

#include <array>
#include <bit>
#include <limits>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <linux/rtnetlink.h>
#include <utility>

namespace belay::netlink {

namespace {

using namespace nft;

constexpr const char* lease_set = "lease";
constexpr const char* ticket_set = "ticket";
constexpr const char* v4_set = "vip4";
constexpr const char* v6_set = "vip6";

/// Data types of the nft tool, so that it can show the sets.
constexpr std::uint32_t type_family = 2;
constexpr std::uint32_t type_ipv4 = 7;
constexpr std::uint32_t type_ipv6 = 8;

/// NAT of the destination works from -200 on, NAT of the source mostly at 100, and anywhere below the last.
constexpr std::int32_t before_nat = -310;
constexpr std::int32_t after_nat = std::numeric_limits<std::int32_t>::max() - 1;

/// NF_NETDEV_EGRESS, spelt out because headers older than 5.16 lack it.
constexpr std::uint32_t hook_egress = 1;

/// RFC 4861 section 4.3 and 4.4. The headers of the C library have them too, and quarrel with those of the kernel.
constexpr std::uint8_t neighbour_solicitation = 135;
constexpr std::uint8_t neighbour_advertisement = 136;

const Table inet{.family = Family::inet, .name = fence_table};
const Table arp{.family = Family::arp, .name = fence_table};
const Table netdev{.family = Family::netdev, .name = fence_table};

const Bytes key_ipv4{NFPROTO_IPV4};
const Bytes key_ipv6{NFPROTO_IPV6};
const Bytes key_arp{NFPROTO_ARP};
const Bytes key_netdev{NFPROTO_NETDEV};

struct LeaseOf {
    const Table* table;
    std::vector<Bytes> keys;
};

/// The lease of every table: armed and closed together.
std::vector<LeaseOf> leases(bool with_netdev) {
    std::vector<LeaseOf> all{{.table = &inet, .keys = {key_ipv4, key_ipv6}}, {.table = &arp, .keys = {key_arp}}};
    if (with_netdev) {
        all.push_back({.table = &netdev, .keys = {key_netdev}});
    }
    return all;
}

Bytes in_network_order(std::uint16_t value) {
    Bytes bytes;
    ByteWriter(bytes).put(value);
    return bytes;
}

Bytes in_host_order(std::uint32_t value) {
    const auto bytes = std::bit_cast<std::array<std::uint8_t, sizeof(value)>>(value);
    return {bytes.begin(), bytes.end()};
}

Rule operator+(Rule left, const Rule& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

// Words of which the rules are made. Offsets: RFC 791, RFC 8200, RFC 826 (Ethernet and IPv4), RFC 4861 section 4.3.

using enum LoadPayload::Base;

constexpr std::uint32_t v4_size = 4;
constexpr std::uint32_t v6_size = 16;

const Rule is_ipv4{LoadMeta{LoadMeta::Key::family}, Equals{key_ipv4}};
const Rule is_ipv6{LoadMeta{LoadMeta::Key::family}, Equals{key_ipv6}};
const Rule v4_from_vip{LoadPayload{network, 12, v4_size}, IsIn{v4_set}};
const Rule v4_to_vip{LoadPayload{network, 16, v4_size}, IsIn{v4_set}};
const Rule v6_from_vip{LoadPayload{network, 8, v6_size}, IsIn{v6_set}};
const Rule v6_to_vip{LoadPayload{network, 24, v6_size}, IsIn{v6_set}};
const Rule from_here{LoadAddressType{LoadAddressType::Which::source}, Equals{in_host_order(RTN_LOCAL)}};
const Rule to_here{LoadAddressType{LoadAddressType::Which::destination}, Equals{in_host_order(RTN_LOCAL)}};
const Rule arp_for_ipv4{LoadPayload{network, 0, 4}, Equals{{0x00, 0x01, 0x08, 0x00}}};
const Rule arp_from_vip{LoadPayload{network, 14, v4_size}, IsIn{v4_set}};
const Rule arp_from_other{LoadPayload{network, 14, v4_size}, IsIn{v4_set, true}};
const Rule arp_to_vip{LoadPayload{network, 24, v4_size}, IsIn{v4_set}};
const Rule sent_by_socket{LoadMeta{LoadMeta::Key::socket_uid}};
const Rule drop{Outcome::drop};

/// A solicitation or an advertisement whose target is a VIP.
Rule neighbour_message(std::uint8_t type) {
    return Rule{LoadMeta{LoadMeta::Key::l4_protocol}, Equals{{IPPROTO_ICMPV6}},
                LoadPayload{transport, 0, 1},         Equals{{type}},
                LoadPayload{transport, 8, v6_size},   IsIn{v6_set}};
}

Rule has_protocol(std::uint16_t protocol) {
    return Rule{LoadMeta{LoadMeta::Key::protocol}, Equals{in_network_order(protocol)}};
}

struct Chain {
    ChainSpec spec;
    std::vector<Rule> drops; ///< while there is no lease
};

std::vector<Chain> inet_chains() {
    return {{{.name = "prerouting", .hook = NF_INET_PRE_ROUTING, .priority = before_nat, .device = {}},
             {is_ipv4 + v4_to_vip + to_here, is_ipv6 + v6_to_vip + to_here}},
            {{.name = "input", .hook = NF_INET_LOCAL_IN, .priority = before_nat, .device = {}},
             {is_ipv4 + v4_to_vip, is_ipv6 + v6_to_vip, is_ipv6 + neighbour_message(neighbour_solicitation)}},
            {{.name = "output", .hook = NF_INET_LOCAL_OUT, .priority = before_nat, .device = {}},
             {is_ipv4 + v4_from_vip, is_ipv6 + v6_from_vip, is_ipv6 + neighbour_message(neighbour_advertisement)}},
            {{.name = "postrouting", .hook = NF_INET_POST_ROUTING, .priority = after_nat, .device = {}},
             {is_ipv4 + v4_from_vip + from_here, is_ipv6 + v6_from_vip + from_here}}};
}

std::vector<Chain> arp_chains() {
    return {
        {{.name = "input", .hook = NF_ARP_IN, .priority = before_nat, .device = {}},
         {arp_for_ipv4 + arp_to_vip + arp_from_other}},
        {{.name = "output", .hook = NF_ARP_OUT, .priority = before_nat, .device = {}}, {arp_for_ipv4 + arp_from_vip}}};
}

Chain egress_chain(const std::string& device) {
    const Rule by_us_v6 = has_protocol(ETH_P_IPV6) + sent_by_socket;
    return {{.name = "egress_" + device, .hook = hook_egress, .priority = before_nat, .device = device},
            {has_protocol(ETH_P_ARP) + sent_by_socket + arp_for_ipv4 + arp_from_vip,
             has_protocol(ETH_P_IP) + sent_by_socket + v4_from_vip, by_us_v6 + v6_from_vip,
             by_us_v6 + neighbour_message(neighbour_advertisement)}};
}

void add_chain(Transaction& transaction, const Table& table, const Chain& chain) {
    transaction.add_chain(table, chain.spec);
    transaction.add_rule(table, chain.spec.name, {LoadMeta{LoadMeta::Key::family}, IsIn{lease_set}, Outcome::accept});
    for (const Rule& rule : chain.drops) {
        transaction.add_rule(table, chain.spec.name, rule + drop);
    }
}

/// Makes the table anew, with its sets; gives the next free number for a set.
std::uint32_t begin_table(Transaction& transaction, const Table& table, std::uint32_t set_id) {
    transaction.add_table(table);
    transaction.delete_table(table);
    transaction.add_table(table);
    transaction.add_set(table,
                        {.name = lease_set, .id = set_id, .key_type = type_family, .key_size = 1, .timeouts = true});
    transaction.add_set(
        table, {.name = v4_set, .id = set_id + 1, .key_type = type_ipv4, .key_size = v4_size, .timeouts = false});
    transaction.add_set(
        table, {.name = v6_set, .id = set_id + 2, .key_type = type_ipv6, .key_size = v6_size, .timeouts = false});
    return set_id + 3;
}

std::vector<Bytes> keys_of(const std::vector<IpAddress>& vips, IpAddress::Family family) {
    std::vector<Bytes> keys;
    for (const IpAddress& vip : vips) {
        if (vip.family == family) {
            keys.emplace_back(vip.view().begin(), vip.view().end());
        }
    }
    return keys;
}

} // namespace

Batch try_nf_tables() {
    Transaction transaction;
    for (const Family family : {Family::inet, Family::arp}) {
        const Table table{.family = family, .name = "belay_try"};
        transaction.add_table(table);
        transaction.delete_table(table);
    }
    return std::move(transaction).finish();
}

Batch build_fence(const FencedSet& fenced, bool with_netdev, std::size_t& egress_begin) {
    const std::vector<Bytes> v4 = keys_of(fenced.vips, IpAddress::Family::v4);
    const std::vector<Bytes> v6 = keys_of(fenced.vips, IpAddress::Family::v6);
    std::uint32_t set_id = 1;
    Transaction transaction;
    const auto add_table = [&](const Table& table, const std::vector<Chain>& chains) {
        set_id = begin_table(transaction, table, set_id);
        transaction.add_elements(table, v4_set, v4);
        transaction.add_elements(table, v6_set, v6);
        for (const Chain& chain : chains) {
            add_chain(transaction, table, chain);
        }
    };
    add_table(inet, inet_chains());
    transaction.add_set(inet,
                        {.name = ticket_set, .id = set_id++, .key_type = type_family, .key_size = 1, .timeouts = true});
    add_table(arp, arp_chains());
    egress_begin = transaction.size();
    if (with_netdev && fenced.egress_devices.empty()) {
        transaction.add_table(netdev);
        transaction.delete_table(netdev);
    } else if (with_netdev) {
        std::vector<Chain> chains;
        chains.reserve(fenced.egress_devices.size());
        for (const std::string& device : fenced.egress_devices) {
            chains.push_back(egress_chain(device));
        }
        add_table(netdev, chains);
    }
    return std::move(transaction).finish();
}

Batch remove_fence(bool with_netdev) {
    Transaction transaction;
    for (const LeaseOf& lease : leases(with_netdev)) {
        transaction.add_table(*lease.table); // what is not there cannot be deleted
        transaction.delete_table(*lease.table);
    }
    return std::move(transaction).finish();
}

Batch take_ticket(Timeout timeout) {
    Transaction transaction;
    transaction.add_elements(inet, ticket_set, std::array{key_ipv4}, timeout);
    return std::move(transaction).finish();
}

/// A plain add of an element that is there would leave its old timeout (on kernels before 6.12); deleting one that is
/// not there would fail. So it is added, deleted and added, at one instant.
Batch arm_fence(bool with_netdev, Timeout timeout) {
    Transaction transaction;
    transaction.delete_elements(inet, ticket_set, std::array{key_ipv4});
    for (const LeaseOf& lease : leases(with_netdev)) {
        transaction.add_elements(*lease.table, lease_set, lease.keys, timeout);
        transaction.delete_elements(*lease.table, lease_set, lease.keys);
        transaction.add_elements(*lease.table, lease_set, lease.keys, timeout);
    }
    return std::move(transaction).finish();
}

Batch close_fence(bool with_netdev) {
    Transaction transaction;
    for (const LeaseOf& lease : leases(with_netdev)) {
        transaction.empty_set(*lease.table, lease_set);
    }
    transaction.empty_set(inet, ticket_set);
    return std::move(transaction).finish();
}

} // namespace belay::netlink
