#pragma once
// The few expressions of nf_tables that the fence is made of, as values. A rule is a list of them, worked through in
// order by the kernel; one that does not hold ends the rule. All share register 1: something is loaded into it, then
// compared or looked up.

#include "belay/base/bytes.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

struct nlmsghdr;

namespace belay::netlink::nft {

/// Loads bytes of the packet. Does not hold where the packet is too short.
struct LoadPayload {
    enum class Base : std::uint32_t { network = 1, transport = 2 }; ///< as in nf_tables (NFT_PAYLOAD_*_HEADER)

    Base base = Base::network;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
};

/// Loads something about the packet.
struct LoadMeta {
    enum class Key : std::uint32_t {
        protocol = 1,     ///< EtherType, two bytes in network order (NFT_META_PROTOCOL)
        socket_uid = 10,  ///< does not hold where no socket of this host sent it: forwarded packets (NFT_META_SKUID)
        family = 15,      ///< NFPROTO_* of the hook, in an inet table of the packet; one byte (NFT_META_NFPROTO)
        l4_protocol = 16, ///< after IPv6's extension headers; one byte (NFT_META_L4PROTO)
    };

    Key key = Key::family;
};

/// Loads what the routing table makes of an address of the packet: RTN_LOCAL and so on, four bytes in host order.
struct LoadAddressType {
    enum class Which : std::uint32_t { source = 1, destination = 2 }; ///< NFTA_FIB_F_SADDR, _DADDR

    Which which = Which::destination;
};

/// Holds where the register is `value`.
struct Equals {
    Bytes value;
};

/// Holds where the register is an element of the set; inverted: where it is none.
struct IsIn {
    std::string set;
    bool inverted = false;
};

/// Ends the rule and the chain.
enum class Outcome : std::uint32_t { drop = 0, accept = 1 }; ///< NF_DROP, NF_ACCEPT

using Expression = std::variant<LoadPayload, LoadMeta, LoadAddressType, Equals, IsIn, Outcome>;
using Rule = std::vector<Expression>;

/// Appends one expression as an element of NFTA_RULE_EXPRESSIONS, which is open in `message`. The caller has room for
/// 100 bytes more.
void put_expression(nlmsghdr& message, const Expression& expression);

} // namespace belay::netlink::nft
