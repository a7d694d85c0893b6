// Transactions: all or nothing, and an answer that is certain or says that it is not.
#include "belay/netlink/batch.hpp"

#include "belay/netlink/nft_transaction.hpp"
#include "namespace.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <linux/netlink.h>
#include <optional>
#include <sys/socket.h>

using namespace belay;
using namespace belay::netlink;
using Kind = Answer::Kind;

namespace {

constexpr Duration timeout = std::chrono::seconds(5);

struct Fixture {
    Fixture() {
        own.run([&] { socket.emplace(RequestSocket::open(NETLINK_NETFILTER).value()); });
    }

    static nft::Table table(const std::string& name) { return {.family = nft::Family::inet, .name = name}; }

    std::string tables() const { return own.output("nft list tables"); }

    belay::testing::Namespace own;
    std::optional<RequestSocket> socket;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(transact, Fixture)

BOOST_AUTO_TEST_CASE(what_is_committed_is_done) {
    nft::Transaction transaction;
    transaction.add_table(table("a"));
    transaction.add_table(table("b"));
    BOOST_TEST((socket->transact(std::move(transaction).finish(), timeout).answer.kind == Kind::done));
    BOOST_TEST(tables() == "table inet a\ntable inet b\n");
}

BOOST_AUTO_TEST_CASE(one_refusal_undoes_everything_and_names_its_message) {
    nft::Transaction transaction;
    transaction.add_table(table("a"));
    transaction.delete_table(table("none"));
    transaction.add_table(table("b"));
    const Verdict verdict = socket->transact(std::move(transaction).finish(), timeout);
    BOOST_TEST((verdict.answer.kind == Kind::refused));
    BOOST_TEST(verdict.answer.error.code == ENOENT);
    BOOST_TEST(verdict.refused_at == 2U);
    BOOST_TEST(tables() == "");
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_last_message_is_one_too) {
    nft::Transaction transaction;
    transaction.add_table(table("a"));
    transaction.delete_table(table("none"));
    BOOST_TEST((socket->transact(std::move(transaction).finish(), timeout).answer.kind == Kind::refused));
    BOOST_TEST(tables() == "");
}

BOOST_AUTO_TEST_CASE(the_answer_to_an_earlier_one_is_not_taken_for_this_ones) {
    for (int round = 0; round < 20; ++round) {
        nft::Transaction wrong;
        for (int number = 0; number < 10; ++number) {
            wrong.delete_table(table("none")); // ten refusals
        }
        BOOST_TEST((socket->transact(std::move(wrong).finish(), timeout).answer.kind == Kind::refused));
        nft::Transaction right;
        right.add_table(table("a"));
        BOOST_TEST((socket->transact(std::move(right).finish(), timeout).answer.kind == Kind::done));
    }
}

BOOST_AUTO_TEST_CASE(more_than_the_send_buffer_holds_goes_in_one_piece) {
    nft::Transaction transaction;
    transaction.add_table(table("a"));
    transaction.add_set(table("a"), {.name = "s", .id = 1, .key_type = 8, .key_size = 16, .timeouts = false});
    std::vector<Bytes> keys;
    for (std::uint32_t number = 0; number < 20'000; ++number) {
        Bytes& key = keys.emplace_back();
        ByteWriter writer(key);
        writer.put_zeros(12);
        writer.put(number);
    }
    transaction.add_elements(table("a"), "s", keys);
    const Verdict verdict = socket->transact(std::move(transaction).finish(), timeout);
    BOOST_TEST((verdict.answer.kind == Kind::done), verdict.answer.error.text);
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_unknown) {
    const int tiny = 1;
    BOOST_REQUIRE(::setsockopt(socket->fd(), SOL_SOCKET, SO_RCVBUFFORCE, &tiny, sizeof(tiny)) == 0);
    nft::Transaction transaction;
    for (int number = 0; number < 200; ++number) {
        transaction.delete_table(table("none")); // more refusals than the buffer holds
    }
    transaction.add_table(table("a"));
    const Verdict verdict = socket->transact(std::move(transaction).finish(), timeout);
    BOOST_TEST((verdict.answer.kind != Kind::done));
    const int large = 200'000;
    BOOST_REQUIRE(::setsockopt(socket->fd(), SOL_SOCKET, SO_RCVBUFFORCE, &large, sizeof(large)) == 0);
    nft::Transaction right;
    right.add_table(table("a"));
    BOOST_TEST((socket->transact(std::move(right).finish(), timeout).answer.kind == Kind::done));
}

BOOST_AUTO_TEST_SUITE_END()
