// The bytes of a transaction, attribute by attribute (linux/netfilter/nf_tables.h), and what must never be encoded.
#include "belay/netlink/nft_transaction.hpp"

#include "nft_bytes.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace belay;
using namespace belay::netlink;
using namespace belay::netlink::nft;
using belay::testing::decode;
using belay::testing::Message;

namespace {

const Table table{.family = Family::inet, .name = "t"};
const std::array<Bytes, 1> key{Bytes{0x0a, 0x4d, 0x00, 0x01}};

constexpr std::uint16_t of_nf_tables(std::uint16_t kind) {
    return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U) | kind;
}

/// The messages between the two ends.
std::vector<Message> between(Transaction transaction) {
    auto messages = decode(std::move(transaction).finish().view());
    BOOST_REQUIRE(messages.size() >= 2);
    return {messages.begin() + 1, messages.end() - 1};
}

/// The timeout of the first element, in milliseconds; 0: it has none.
std::uint64_t timeout_of(const Message& message) {
    const auto element = message.nested({NFTA_SET_ELEM_LIST_ELEMENTS, NFTA_LIST_ELEM, NFTA_SET_ELEM_TIMEOUT});
    return element.empty() ? 0 : ByteReader(element).get<std::uint64_t>();
}

/// Whether `act` ends the process by an assertion. In a process of its own, without a core file.
bool aborts(const std::function<void()>& act) {
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{.rlim_cur = 0, .rlim_max = 0};
        ::setrlimit(RLIMIT_CORE, &none);
        ::signal(SIGABRT, SIG_DFL);
        ::close(STDERR_FILENO);
        act();
        ::_exit(0);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

} // namespace

BOOST_AUTO_TEST_SUITE(nft_transaction)

BOOST_AUTO_TEST_CASE(it_stands_between_its_two_ends) {
    const auto messages = decode(Transaction().finish().view());
    BOOST_REQUIRE(messages.size() == 2U);
    BOOST_TEST(messages[0].type == NFNL_MSG_BATCH_BEGIN);
    BOOST_TEST(messages[1].type == NFNL_MSG_BATCH_END);
    BOOST_TEST(messages[0].resource == NFNL_SUBSYS_NFTABLES);
}

BOOST_AUTO_TEST_CASE(a_table_is_added_without_an_owner) {
    Transaction transaction;
    transaction.add_table(table);
    const Message message = between(std::move(transaction)).at(0);
    BOOST_TEST(message.type == of_nf_tables(NFT_MSG_NEWTABLE));
    BOOST_TEST(message.family == 1); // NFPROTO_INET
    BOOST_TEST((message.flags & NLM_F_CREATE) != 0);
    BOOST_TEST(message.nested({NFTA_TABLE_NAME}) == (Bytes{'t', 0}), boost::test_tools::per_element());
    BOOST_TEST(message.nested({NFTA_TABLE_FLAGS}).empty()); // an owned table would vanish at SIGKILL
}

BOOST_AUTO_TEST_CASE(an_element_with_a_timeout) {
    Transaction transaction;
    transaction.add_elements(table, "s", key, Timeout(480));
    const Message message = between(std::move(transaction)).at(0);
    BOOST_TEST(message.type == of_nf_tables(NFT_MSG_NEWSETELEM));
    const Bytes value =
        message.nested({NFTA_SET_ELEM_LIST_ELEMENTS, NFTA_LIST_ELEM, NFTA_SET_ELEM_KEY, NFTA_DATA_VALUE});
    BOOST_TEST(value == key[0], boost::test_tools::per_element());
    BOOST_TEST(timeout_of(message) == 480U);
}

BOOST_AUTO_TEST_CASE(a_timeout_of_zero_would_be_for_ever_and_is_never_encoded) {
    BOOST_TEST(!aborts([] { Transaction().add_elements(table, "s", key, Timeout(1)); }));
    BOOST_TEST(aborts([] { Transaction().add_elements(table, "s", key, Timeout(0)); }));
    BOOST_TEST(aborts([] { Transaction().add_elements(table, "s", key, Timeout(-1)); }));
}

BOOST_AUTO_TEST_CASE(emptying_a_set_names_no_element) {
    Transaction transaction;
    transaction.empty_set(table, "s");
    const Message message = between(std::move(transaction)).at(0);
    BOOST_TEST(message.type == of_nf_tables(NFT_MSG_DELSETELEM));
    BOOST_TEST(message.nested({NFTA_SET_ELEM_LIST_ELEMENTS}).empty());
    BOOST_TEST(aborts([] { Transaction().delete_elements(table, "s", {}); })); // that would empty it
}

BOOST_AUTO_TEST_CASE(many_elements_are_spread_over_messages) {
    const std::vector<Bytes> keys(1025, Bytes(16, 7));
    Transaction transaction;
    transaction.add_elements(table, "s", keys);
    BOOST_TEST(between(std::move(transaction)).size() == 3U); // an attribute holds less than 64 KiB
}

BOOST_AUTO_TEST_CASE(a_chain_tells_hook_priority_and_device) {
    Transaction transaction;
    transaction.add_chain({.family = Family::netdev, .name = "t"},
                          {.name = "c", .hook = 1, .priority = -310, .device = "veth0"});
    const Message message = between(std::move(transaction)).at(0);
    BOOST_TEST(message.nested({NFTA_CHAIN_HOOK, NFTA_HOOK_HOOKNUM}) == (Bytes{0, 0, 0, 1}),
               boost::test_tools::per_element());
    BOOST_TEST(message.nested({NFTA_CHAIN_HOOK, NFTA_HOOK_PRIORITY}) == (Bytes{0xff, 0xff, 0xfe, 0xca}),
               boost::test_tools::per_element());
    BOOST_TEST(message.nested({NFTA_CHAIN_HOOK, NFTA_HOOK_DEV}) == (Bytes{'v', 'e', 't', 'h', '0', 0}),
               boost::test_tools::per_element());
    BOOST_TEST(message.nested({NFTA_CHAIN_POLICY}) == (Bytes{0, 0, 0, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
