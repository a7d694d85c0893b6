// Expressions as bytes; what they do to packets is tested with the fence.
#include "belay/netlink/nft_expression.hpp"

#include "belay/netlink/nft_transaction.hpp"
#include "nft_bytes.hpp"

#include <boost/test/unit_test.hpp>
#include <linux/netfilter/nf_tables.h>

using namespace belay;
using namespace belay::netlink::nft;
using belay::testing::decode;

namespace {

/// The attributes of the only expression of a rule, and its name.
struct Encoded {
    explicit Encoded(const Expression& expression) {
        Transaction transaction;
        transaction.add_rule({.family = Family::inet, .name = "t"}, "c", {expression});
        const auto message = decode(std::move(transaction).finish().view()).at(1);
        const Bytes text = message.nested({NFTA_RULE_EXPRESSIONS, NFTA_LIST_ELEM, NFTA_EXPR_NAME});
        name.assign(text.begin(), text.end() - 1);
        data.attributes = message.nested({NFTA_RULE_EXPRESSIONS, NFTA_LIST_ELEM, NFTA_EXPR_DATA});
    }

    std::uint32_t number(std::initializer_list<std::uint16_t> way) const {
        return ByteReader(data.nested(way)).get<std::uint32_t>();
    }

    std::string name;
    belay::testing::Message data;
};

} // namespace

BOOST_AUTO_TEST_SUITE(nft_expression)

BOOST_AUTO_TEST_CASE(a_piece_of_the_packet) {
    const Encoded load(LoadPayload{.base = LoadPayload::Base::transport, .offset = 8, .size = 16});
    BOOST_TEST(load.name == "payload");
    BOOST_TEST(load.number({NFTA_PAYLOAD_BASE}) == NFT_PAYLOAD_TRANSPORT_HEADER);
    BOOST_TEST(load.number({NFTA_PAYLOAD_OFFSET}) == 8U);
    BOOST_TEST(load.number({NFTA_PAYLOAD_LEN}) == 16U);
}

BOOST_AUTO_TEST_CASE(something_about_the_packet) {
    BOOST_TEST(Encoded(LoadMeta{LoadMeta::Key::family}).number({NFTA_META_KEY}) == NFT_META_NFPROTO);
    BOOST_TEST(Encoded(LoadMeta{LoadMeta::Key::protocol}).number({NFTA_META_KEY}) == NFT_META_PROTOCOL);
    BOOST_TEST(Encoded(LoadMeta{LoadMeta::Key::socket_uid}).number({NFTA_META_KEY}) == NFT_META_SKUID);
    BOOST_TEST(Encoded(LoadMeta{LoadMeta::Key::l4_protocol}).number({NFTA_META_KEY}) == NFT_META_L4PROTO);
}

BOOST_AUTO_TEST_CASE(the_kind_of_an_address) {
    const Encoded fib(LoadAddressType{LoadAddressType::Which::source});
    BOOST_TEST(fib.name == "fib");
    BOOST_TEST(fib.number({NFTA_FIB_RESULT}) == NFT_FIB_RESULT_ADDRTYPE);
    BOOST_TEST(fib.number({NFTA_FIB_FLAGS}) == NFTA_FIB_F_SADDR);
}

BOOST_AUTO_TEST_CASE(conditions) {
    const Encoded equals(Equals{{1, 2, 3}});
    BOOST_TEST(equals.number({NFTA_CMP_OP}) == NFT_CMP_EQ);
    BOOST_TEST(equals.data.nested({NFTA_CMP_DATA, NFTA_DATA_VALUE}) == (Bytes{1, 2, 3}),
               boost::test_tools::per_element());
    BOOST_TEST(Encoded(IsIn{"s", true}).number({NFTA_LOOKUP_FLAGS}) == NFT_LOOKUP_F_INV);
    BOOST_TEST(Encoded(IsIn{"s"}).data.nested({NFTA_LOOKUP_FLAGS}).empty());
}

BOOST_AUTO_TEST_CASE(ends) {
    const auto code = [](Outcome outcome) {
        return Encoded(outcome).number({NFTA_IMMEDIATE_DATA, NFTA_DATA_VERDICT, NFTA_VERDICT_CODE});
    };
    BOOST_TEST(code(Outcome::drop) == 0U);
    BOOST_TEST(code(Outcome::accept) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
