// Whoever touches the fence is noticed; the daemon itself, and what others do with their own tables, is not.
#include "belay/netlink/fence_watch.hpp"

#include "belay/base/clock.hpp"
#include "fence_network.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <poll.h>
#include <string>
#include <sys/socket.h>

using namespace belay;
using namespace belay::netlink;
using belay::testing::FencedHost;

namespace {

struct Fixture : FencedHost {
    Fixture() {
        left.run([&] { watch.emplace(FenceWatch::open(fence->port()).value()); });
    }

    /// What is noticed of an act of somebody else. The kernel tells before the act returns.
    std::string noticed(const std::string& command) {
        left.shell(command);
        return watch->receive();
    }

    std::optional<FenceWatch> watch;
};

bool readable(int descriptor) {
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) != 0;
}

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(fence_watch, Fixture)

BOOST_AUTO_TEST_CASE(our_own_acts_are_passed_over) {
    open();
    BOOST_REQUIRE(fence->close());
    build();
    BOOST_REQUIRE(fence->remove());
    BOOST_TEST(!readable(watch->fd())); // they do not even wake us
    BOOST_TEST(watch->receive() == "");
}

BOOST_AUTO_TEST_CASE(a_lease_that_ends_is_no_news) {
    BOOST_REQUIRE((fence->arm(boot_now() + std::chrono::milliseconds(50)).kind == Arming::Kind::armed));
    BOOST_TEST(belay::testing::eventually([&] { return belay::testing::elements(left, "lease").empty(); }));
    BOOST_TEST(watch->receive() == "");
}

BOOST_AUTO_TEST_CASE(what_others_do_with_their_tables_is_passed_over) {
    BOOST_TEST(noticed("nft add table inet other; nft add chain inet other c; nft delete table inet other") == "");
    BOOST_TEST(noticed("nft add table ip belay; nft delete table ip belay") == "");
}

BOOST_AUTO_TEST_CASE(a_flushed_ruleset_is_noticed) {
    BOOST_TEST(says(noticed("nft flush ruleset"), " inet belay"));
    BOOST_TEST(watch->receive() == ""); // once
}

BOOST_AUTO_TEST_CASE(every_kind_of_change_is_noticed) {
    BOOST_TEST(says(noticed("nft delete table arp belay"), "deleted"));
    build();
    BOOST_TEST(says(noticed("nft flush chain inet belay input"), "deleted a rule inet belay"));
    BOOST_TEST(says(noticed("nft insert rule inet belay output accept"), "changed the table inet belay"));
    BOOST_TEST(says(noticed("nft flush set inet belay vip4"), "deleted a set or elements"));
    BOOST_TEST(says(noticed("nft 'add element inet belay lease { ipv4 }'"), "added elements"));
    BOOST_TEST(says(noticed("nft 'add table inet belay { flags dormant; }'"), "changed the table"));
}

BOOST_AUTO_TEST_CASE(an_interface_that_went_and_came_is_noticed_or_still_guarded) {
    const std::string pair = "ip link add name veth4 type veth peer name veth5; ip link set dev veth4 up; "
                             "ip link set dev veth5 up";
    left.shell(pair);
    BOOST_REQUIRE(fence->build({.vips = vips(), .egress_devices = {"veth0", "veth4"}}));
    const std::string gone = noticed("ip link del veth4"); // before kernel 6.16 the chain goes with it
    left.shell(pair);
    BOOST_TEST((says(gone, "the kernel") || announce(left, "veth4", "10.77.0.100") == ENOBUFS));
}

BOOST_AUTO_TEST_CASE(lost_news_count_as_a_change) {
    const int tiny = 1;
    BOOST_REQUIRE(::setsockopt(watch->fd(), SOL_SOCKET, SO_RCVBUFFORCE, &tiny, sizeof(tiny)) == 0);
    BOOST_TEST(says(noticed("for n in 1 2 3 4 5 6 7 8; do nft add table inet other$n; done"), "lost"));
}

BOOST_AUTO_TEST_SUITE_END()
