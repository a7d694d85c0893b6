#include "belay/netlink/nft_expression.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>

namespace belay::netlink::nft {

namespace {

constexpr std::uint32_t shared_register = NFT_REG_1;

void put_number(nlmsghdr& message, std::uint16_t attribute, std::uint32_t value) {
    mnl_attr_put_u32(&message, attribute, ::htonl(value));
}

/// Writes the attributes of one expression; gives its name.
struct Writer {
    nlmsghdr& message;

    void operator()(const LoadPayload& load) const {
        put_number(message, NFTA_PAYLOAD_DREG, shared_register);
        put_number(message, NFTA_PAYLOAD_BASE, static_cast<std::uint32_t>(load.base));
        put_number(message, NFTA_PAYLOAD_OFFSET, load.offset);
        put_number(message, NFTA_PAYLOAD_LEN, load.size);
    }

    void operator()(const LoadMeta& load) const {
        put_number(message, NFTA_META_KEY, static_cast<std::uint32_t>(load.key));
        put_number(message, NFTA_META_DREG, shared_register);
    }

    void operator()(const LoadAddressType& load) const {
        put_number(message, NFTA_FIB_DREG, shared_register);
        put_number(message, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
        put_number(message, NFTA_FIB_FLAGS, static_cast<std::uint32_t>(load.which));
    }

    void operator()(const Equals& equals) const {
        put_number(message, NFTA_CMP_SREG, shared_register);
        put_number(message, NFTA_CMP_OP, NFT_CMP_EQ);
        nlattr* const data = mnl_attr_nest_start(&message, NFTA_CMP_DATA);
        mnl_attr_put(&message, NFTA_DATA_VALUE, equals.value.size(), equals.value.data());
        mnl_attr_nest_end(&message, data);
    }

    void operator()(const IsIn& lookup) const {
        mnl_attr_put_strz(&message, NFTA_LOOKUP_SET, lookup.set.c_str());
        put_number(message, NFTA_LOOKUP_SREG, shared_register);
        if (lookup.inverted) {
            put_number(message, NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
        }
    }

    void operator()(Outcome outcome) const {
        put_number(message, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
        nlattr* const data = mnl_attr_nest_start(&message, NFTA_IMMEDIATE_DATA);
        nlattr* const verdict = mnl_attr_nest_start(&message, NFTA_DATA_VERDICT);
        put_number(message, NFTA_VERDICT_CODE, static_cast<std::uint32_t>(outcome));
        mnl_attr_nest_end(&message, verdict);
        mnl_attr_nest_end(&message, data);
    }
};

struct Name {
    const char* operator()(const LoadPayload& /*load*/) const { return "payload"; }

    const char* operator()(const LoadMeta& /*load*/) const { return "meta"; }

    const char* operator()(const LoadAddressType& /*load*/) const { return "fib"; }

    const char* operator()(const Equals& /*equals*/) const { return "cmp"; }

    const char* operator()(const IsIn& /*lookup*/) const { return "lookup"; }

    const char* operator()(Outcome /*outcome*/) const { return "immediate"; }
};

} // namespace

void put_expression(nlmsghdr& message, const Expression& expression) {
    nlattr* const element = mnl_attr_nest_start(&message, NFTA_LIST_ELEM);
    mnl_attr_put_strz(&message, NFTA_EXPR_NAME, std::visit(Name{}, expression));
    nlattr* const data = mnl_attr_nest_start(&message, NFTA_EXPR_DATA);
    std::visit(Writer{message}, expression);
    mnl_attr_nest_end(&message, data);
    mnl_attr_nest_end(&message, element);
}

} // namespace belay::netlink::nft
