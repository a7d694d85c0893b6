// The keeper of the fence in a real kernel, looked at with the nft tool.
#include "belay/daemon/fence_keeper.hpp"

#include "belay/base/clock.hpp"
#include "belay/netlink/addresses.hpp"
#include "namespace.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <net/if.h>
#include <sys/capability.h>

using namespace belay;
using namespace belay::daemon;
using belay::testing::eventually;
using config::FenceKind;

namespace {

struct Fixture {
    /// Makes a keeper inside, as the daemon does before its event loop begins.
    void make(FenceKind kind) {
        pair.left.run([&] {
            keeper =
                FenceKeeper::make(
                    kind, {{.name = "main", .prefix = parse_prefix("10.77.0.100/24").value(), .interface = "veth0"}})
                    .value();
        });
    }

    void make_and_watch(FenceKind kind) {
        make(kind);
        pair.left.run([&] {
            BOOST_REQUIRE(keeper->watch(context, [this](const std::string& problem) { failures.push_back(problem); }));
        });
    }

    bool after_events(const std::function<bool()>& met) {
        return eventually([&] {
            pair.left.run([&] {
                context.restart();
                context.poll();
            });
            return met();
        });
    }

    // Inside, because the keeper looks at the interfaces of its thread's namespace.

    bool arm(Instant until) {
        bool armed = false;
        pair.left.run([&] { armed = keeper->arm(until); });
        return armed;
    }

    bool close() {
        bool closed = false;
        pair.left.run([&] { closed = keeper->close(); });
        return closed;
    }

    std::string tables() const { return pair.left.output("nft list tables"); }

    std::string lease() const { return pair.left.output("nft list set inet belay lease"); }

    bool is_open() const { return lease().find("elements") != std::string::npos; }

    static Instant soon() { return boot_now() + std::chrono::minutes(1); }

    testing::Pair pair;
    boost::asio::io_context context;
    std::unique_ptr<FenceKeeper> keeper;
    std::vector<std::string> failures;
};

constexpr const char* all_tables = "table inet belay\ntable arp belay\ntable netdev belay\n";

} // namespace

BOOST_FIXTURE_TEST_SUITE(fence_keeper, Fixture)

BOOST_AUTO_TEST_CASE(it_is_there_and_closed_from_the_start) {
    make_and_watch(FenceKind::automatic);
    BOOST_TEST((keeper->kind() == FenceKind::nftables));
    BOOST_TEST(tables() == all_tables);
    BOOST_TEST(!is_open());
    BOOST_TEST(!keeper->state().armed_until.has_value());
}

BOOST_AUTO_TEST_CASE(left_overs_of_another_configuration_are_guarded_until_they_are_gone) {
    pair.left.run([] { // with the mark of this daemon
        auto addresses = netlink::Addresses::open().value();
        const vip::AddressSpec left_over{.ifindex = static_cast<int>(::if_nametoindex("veth0")),
                                         .interface = "veth0",
                                         .prefix = parse_prefix("10.77.0.99/32").value()};
        static_cast<void>(addresses.add({&left_over, 1}, std::chrono::seconds(5)));
    });
    make(FenceKind::automatic);
    BOOST_TEST(pair.left.output("nft list set inet belay vip4").find("10.77.0.99") != std::string::npos);
    pair.left.run([&] { BOOST_REQUIRE(keeper->watch(context, nullptr)); });
    BOOST_TEST(pair.left.output("nft list set inet belay vip4").find("10.77.0.99") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lease_opens_it_and_its_end_closes_it) {
    make_and_watch(FenceKind::nftables);
    BOOST_TEST(arm(soon()));
    BOOST_TEST(is_open());
    BOOST_TEST(keeper->state().armed_until.has_value());
    BOOST_TEST(close());
    BOOST_TEST(!is_open());
}

BOOST_AUTO_TEST_CASE(flushed_while_the_lease_holds_it_is_built_and_armed_again) {
    make_and_watch(FenceKind::nftables);
    BOOST_TEST(arm(soon()));
    pair.left.shell("nft flush ruleset");
    BOOST_TEST(after_events([&] { return keeper->state().lost_count == 1U; }));
    BOOST_TEST(tables() == all_tables);
    BOOST_TEST(is_open());
    BOOST_TEST(failures.empty());
    const auto told = keeper->events().last(10);
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST((told[0].kind == FenceEvent::Kind::lost));
    BOOST_TEST(told[0].reason.find("deleted") != std::string::npos, told[0].reason);
    BOOST_TEST((told[1].kind == FenceEvent::Kind::built));
}

BOOST_AUTO_TEST_CASE(flushed_without_a_lease_it_is_built_closed) {
    make_and_watch(FenceKind::nftables);
    BOOST_TEST(arm(soon()));
    BOOST_TEST(close());
    pair.left.shell("nft flush ruleset");
    BOOST_TEST(after_events([&] { return tables() == all_tables; }));
    BOOST_TEST(!is_open());
}

BOOST_AUTO_TEST_CASE(renewals_and_closing_find_out_too_that_it_is_gone) {
    make_and_watch(FenceKind::nftables);
    pair.left.shell("nft flush ruleset");
    BOOST_TEST(arm(soon())); // before the event loop has told
    BOOST_TEST(is_open());
    pair.left.shell("nft delete table arp belay");
    BOOST_TEST(close());
    BOOST_TEST(tables() == all_tables);
    BOOST_TEST(!is_open());
}

BOOST_AUTO_TEST_CASE(its_end_leaves_the_tables_and_removing_takes_them) {
    make_and_watch(FenceKind::nftables);
    keeper.reset();
    BOOST_TEST(tables() == all_tables);
    make_and_watch(FenceKind::nftables);
    keeper->remove();
    BOOST_TEST(tables() == "");
}

BOOST_AUTO_TEST_CASE(without_the_right_it_falls_back_or_refuses) {
    pair.left.run([&] { // in a thread of its own: effective capabilities belong to threads
        cap_t none = ::cap_init();
        ::cap_set_proc(none);
        ::cap_free(none);
        keeper = FenceKeeper::make(FenceKind::automatic, {}).value();
        const auto refused = FenceKeeper::make(FenceKind::nftables, {});
        BOOST_REQUIRE(!refused);
        BOOST_TEST(refused.error().text.find("write 'fence = auto'") != std::string::npos);
    });
    BOOST_TEST((keeper->kind() == FenceKind::address));
    BOOST_REQUIRE(keeper->events().last(10).size() == 1U);
    BOOST_TEST((keeper->events().last(1).front().kind == FenceEvent::Kind::unavailable));
    BOOST_TEST(arm(soon())); // nothing to arm is no failure
    BOOST_TEST(close());
}

BOOST_AUTO_TEST_CASE(where_it_is_not_wanted_there_are_no_tables) {
    for (const FenceKind kind : {FenceKind::address, FenceKind::off}) {
        make_and_watch(kind);
        BOOST_TEST((keeper->kind() == kind));
        BOOST_TEST(tables() == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()
