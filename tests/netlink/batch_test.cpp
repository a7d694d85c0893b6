// What the acting socket says when answers get lost. The losses are real: a receive buffer too small for the answers.
#include "belay/netlink/batch.hpp"

#include "belay/netlink/address_message.hpp"
#include "belay/netlink/message.hpp"
#include "namespace.hpp"

#include <boost/test/unit_test.hpp>
#include <linux/netlink.h>
#include <sys/socket.h>

using namespace belay;
using namespace belay::netlink;
using belay::testing::Namespace;

namespace {

constexpr Duration timeout = std::chrono::seconds(5);
constexpr int loopback = 1;

struct Fixture {
    Fixture() {
        own.run([&] { socket.emplace(RequestSocket::open(NETLINK_ROUTE).value()); });
    }

    static Batch batch_of(int count) {
        Batch batch;
        for (int number = 0; number < count; ++number) {
            append_add(batch, {.ifindex = loopback,
                               .interface = "lo",
                               .prefix = parse_prefix(fmt::format("10.77.1.{}/32", number + 1)).value()});
        }
        return batch;
    }

    static std::size_t count(const std::vector<Answer>& answers, Answer::Kind kind) {
        return static_cast<std::size_t>(std::ranges::count(answers, kind, &Answer::kind));
    }

    std::size_t present() {
        const Bytes messages = socket->dump(address_list_request(), timeout).value();
        std::size_t found = 0;
        for_each_message(messages, [&](const nlmsghdr& message) {
            const auto address = decode_address(message);
            found += address && address->mark == vip::own_mark ? 1U : 0U;
        });
        return found;
    }

    Namespace own;
    std::optional<RequestSocket> socket;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(batch, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_batch_has_no_answers) {
    BOOST_TEST(socket->exchange(Batch{}, timeout).empty());
}

BOOST_AUTO_TEST_CASE(lost_answers_are_unknown_and_the_socket_works_on) {
    const int tiny = 2048;
    BOOST_REQUIRE(::setsockopt(socket->fd(), SOL_SOCKET, SO_RCVBUFFORCE, &tiny, sizeof(tiny)) == 0);
    const auto answers = socket->exchange(batch_of(100), timeout);
    const std::size_t unknown = count(answers, Answer::Kind::unknown);
    BOOST_TEST(unknown > 50U);
    BOOST_TEST(count(answers, Answer::Kind::done) == 100U - unknown);
    BOOST_TEST(answers.back().error.code == ENOBUFS);
    const int large = 200'000;
    BOOST_REQUIRE(::setsockopt(socket->fd(), SOL_SOCKET, SO_RCVBUFFORCE, &large, sizeof(large)) == 0);
    BOOST_TEST(present() == 100U); // though unknown, all were done
    BOOST_TEST(count(socket->exchange(batch_of(100), timeout), Answer::Kind::refused) == 100U);
}

BOOST_AUTO_TEST_CASE(without_time_nothing_is_sent) {
    const auto answers = socket->exchange(batch_of(3), Duration(-1));
    BOOST_TEST(count(answers, Answer::Kind::unknown) == 3U);
    BOOST_TEST(present() == 0U);
}

BOOST_AUTO_TEST_CASE(words_of_other_senders_are_no_answers) {
    // A second socket forges "done" for the next ten sequence numbers before the request is sent.
    own.run([&] {
        const auto forger = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
        for (std::uint32_t sequence = 1; sequence <= 10; ++sequence) {
            struct {
                nlmsghdr header;
                nlmsgerr error;
            } forged{};
            forged.header.nlmsg_len = sizeof(forged);
            forged.header.nlmsg_type = NLMSG_ERROR;
            forged.header.nlmsg_seq = sequence;
            forged.header.nlmsg_pid = socket->port();
            sockaddr_nl to{};
            to.nl_family = AF_NETLINK;
            to.nl_pid = socket->port();
            const auto* const target = static_cast<const sockaddr*>(static_cast<const void*>(&to));
            BOOST_TEST(::sendto(forger, &forged, sizeof(forged), 0, target, sizeof(to)) > 0);
        }
        ::close(forger);
    });
    Batch batch;
    append_add(batch, {.ifindex = 4711, .interface = "none", .prefix = parse_prefix("10.77.1.1/32").value()});
    BOOST_TEST((socket->exchange(batch, timeout).front().kind == Answer::Kind::refused));
}

BOOST_AUTO_TEST_SUITE_END()
