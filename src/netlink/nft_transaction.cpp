#include "belay/netlink/nft_transaction.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cassert>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

namespace belay::netlink::nft {

namespace {

constexpr std::size_t message_size_max = 32'768;
constexpr std::size_t elements_per_message_max = 512; ///< at most 48 bytes each: below message_size_max

constexpr std::uint16_t message_type(std::uint16_t message) {
    return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U) | message;
}

void put_text(nlmsghdr& message, std::uint16_t attribute, std::string_view text) {
    mnl_attr_put_strz(&message, attribute, std::string(text).c_str());
}

void put_number(nlmsghdr& message, std::uint16_t attribute, std::uint32_t value) {
    mnl_attr_put_u32(&message, attribute, ::htonl(value));
}

/// Every message of nfnetlink begins so. `resource` is zero but for the two ends of a batch.
nlmsghdr* begin_message(std::span<char> buffer, std::uint16_t type, std::uint8_t family, std::uint16_t resource) {
    nlmsghdr* const header = mnl_nlmsg_put_header(buffer.data());
    header->nlmsg_type = type;
    auto* const body = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
    body->nfgen_family = family;
    body->version = NFNETLINK_V0;
    body->res_id = ::htons(resource);
    return header;
}

void put_element(nlmsghdr& message, const Bytes& key, std::optional<Timeout> timeout) {
    nlattr* const element = mnl_attr_nest_start(&message, NFTA_LIST_ELEM);
    nlattr* const data = mnl_attr_nest_start(&message, NFTA_SET_ELEM_KEY);
    mnl_attr_put(&message, NFTA_DATA_VALUE, key.size(), key.data());
    mnl_attr_nest_end(&message, data);
    if (timeout) {
        mnl_attr_put_u64(&message, NFTA_SET_ELEM_TIMEOUT, htobe64(static_cast<std::uint64_t>(timeout->count())));
    }
    mnl_attr_nest_end(&message, element);
}

/// The messages between which a transaction stands.
void add_end(Batch& batch, std::uint16_t type) {
    alignas(nlmsghdr) std::array<char, 64> buffer{};
    batch.add(*begin_message(buffer, type, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
}

} // namespace

Transaction::Transaction() {
    add_end(batch_, NFNL_MSG_BATCH_BEGIN);
}

Batch Transaction::finish() && {
    add_end(batch_, NFNL_MSG_BATCH_END);
    return std::move(batch_);
}

void Transaction::add_message(std::uint16_t type, std::uint16_t flags, Family family,
                              const std::function<void(nlmsghdr&)>& put_attributes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): zeroing 32 KiB for each short message costs more than it
    alignas(nlmsghdr) std::array<char, message_size_max> buffer;
    nlmsghdr* const header = begin_message(buffer, message_type(type), static_cast<std::uint8_t>(family), 0);
    header->nlmsg_flags = flags;
    put_attributes(*header);
    assert(header->nlmsg_len <= message_size_max);
    batch_.add(*header);
}

void Transaction::add_table(const Table& table) {
    add_message(NFT_MSG_NEWTABLE, NLM_F_CREATE, table.family,
                [&](nlmsghdr& message) { put_text(message, NFTA_TABLE_NAME, table.name); });
}

void Transaction::delete_table(const Table& table) {
    add_message(NFT_MSG_DELTABLE, 0, table.family,
                [&](nlmsghdr& message) { put_text(message, NFTA_TABLE_NAME, table.name); });
}

void Transaction::add_set(const Table& table, const SetSpec& set) {
    add_message(NFT_MSG_NEWSET, NLM_F_CREATE, table.family, [&](nlmsghdr& message) {
        put_text(message, NFTA_SET_TABLE, table.name);
        put_text(message, NFTA_SET_NAME, set.name);
        put_number(message, NFTA_SET_FLAGS, set.timeouts ? NFT_SET_TIMEOUT : 0);
        put_number(message, NFTA_SET_KEY_TYPE, set.key_type);
        put_number(message, NFTA_SET_KEY_LEN, set.key_size);
        put_number(message, NFTA_SET_ID, set.id);
    });
}

void Transaction::add_chain(const Table& table, const ChainSpec& chain) {
    add_message(NFT_MSG_NEWCHAIN, NLM_F_CREATE, table.family, [&](nlmsghdr& message) {
        put_text(message, NFTA_CHAIN_TABLE, table.name);
        put_text(message, NFTA_CHAIN_NAME, chain.name);
        nlattr* const hook = mnl_attr_nest_start(&message, NFTA_CHAIN_HOOK);
        put_number(message, NFTA_HOOK_HOOKNUM, chain.hook);
        put_number(message, NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(chain.priority));
        if (!chain.device.empty()) {
            put_text(message, NFTA_HOOK_DEV, chain.device);
        }
        mnl_attr_nest_end(&message, hook);
        put_number(message, NFTA_CHAIN_POLICY, NF_ACCEPT);
        put_text(message, NFTA_CHAIN_TYPE, "filter");
    });
}

void Transaction::add_rule(const Table& table, std::string_view chain, const Rule& rule) {
    add_message(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, table.family, [&](nlmsghdr& message) {
        put_text(message, NFTA_RULE_TABLE, table.name);
        put_text(message, NFTA_RULE_CHAIN, chain);
        nlattr* const expressions = mnl_attr_nest_start(&message, NFTA_RULE_EXPRESSIONS);
        for (const Expression& expression : rule) {
            put_expression(message, expression);
        }
        mnl_attr_nest_end(&message, expressions);
    });
}

void Transaction::element_message(std::uint16_t type, std::uint16_t flags, const Table& table, std::string_view set,
                                  std::span<const Bytes> keys, std::optional<Timeout> timeout) {
    add_message(type, flags, table.family, [&](nlmsghdr& message) {
        put_text(message, NFTA_SET_ELEM_LIST_TABLE, table.name);
        put_text(message, NFTA_SET_ELEM_LIST_SET, set);
        if (keys.empty()) {
            return; // all of them
        }
        nlattr* const list = mnl_attr_nest_start(&message, NFTA_SET_ELEM_LIST_ELEMENTS);
        for (const Bytes& key : keys) {
            put_element(message, key, timeout);
        }
        mnl_attr_nest_end(&message, list);
    });
}

void Transaction::add_elements(const Table& table, std::string_view set, std::span<const Bytes> keys,
                               std::optional<Timeout> timeout) {
    assert(!timeout || *timeout > Timeout::zero()); // zero: for ever
    while (!keys.empty()) {
        const auto part = keys.first(std::min(keys.size(), elements_per_message_max));
        element_message(NFT_MSG_NEWSETELEM, NLM_F_CREATE, table, set, part, timeout);
        keys = keys.subspan(part.size());
    }
}

void Transaction::delete_elements(const Table& table, std::string_view set, std::span<const Bytes> keys) {
    assert(!keys.empty() && keys.size() <= elements_per_message_max);
    element_message(NFT_MSG_DELSETELEM, 0, table, set, keys, std::nullopt);
}

void Transaction::empty_set(const Table& table, std::string_view set) {
    element_message(NFT_MSG_DELSETELEM, 0, table, set, {}, std::nullopt);
}

} // namespace belay::netlink::nft
