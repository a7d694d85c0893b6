// The keeper against a real kernel, looked at from outside with `ip` and from the other end of the wire.
#include "belay/daemon/vip_keeper.hpp"

#include "belay/base/clock.hpp"
#include "kept_network.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace belay;
using belay::testing::KeptNetwork;
using namespace std::chrono_literals;

namespace {

using Probe = daemon::VipKeeper::Probe;

Instant in(Duration span) {
    return boot_now() + span;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(vip_keeper, KeptNetwork)

BOOST_AUTO_TEST_CASE(left_overs_of_an_earlier_run_go_and_an_administrators_addresses_stay) {
    leave_over("10.77.0.100/24");
    leave_over("10.77.0.99/24"); // of a configuration before this one
    leave_over("fd77::100/128");
    pair.left.shell("ip addr add 10.78.0.1/24 dev veth0");
    BOOST_REQUIRE(has_both());
    open();
    BOOST_TEST(keeper->withdraw());
    BOOST_TEST(!has(v4));
    BOOST_TEST(!has(v6));
    BOOST_TEST(!has("10.77.0.99"));
    BOOST_TEST(pair.left.output("ip -o addr show dev veth0").find("10.78.0.1/24") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(holding_adds_and_announces) {
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(has_both()); // before hold() returned
    std::set<std::string> announced;
    BOOST_TEST(runs_until([&] {
        for (const packet::Claim& claim : claims_heard()) {
            announced.insert(to_text(claim.address));
        }
        return announced == std::set<std::string>{v4, v6};
    }));
    for (const daemon::VipState& state : keeper->states()) {
        BOOST_TEST(state.present, state.name);
        BOOST_TEST(!state.problem.has_value());
    }
}

/// What follows the role may have to act before clients come (`[hooks] confirm`).
BOOST_AUTO_TEST_CASE(held_announcements_are_not_made_before_they_are_asked_for) {
    keeper->hold_announcements();
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(has_both()); // they are served all the same
    keeper->announce_again(vip::Reason::healed);
    pair.left.shell("ip addr del 10.77.0.100/24 dev veth0");
    BOOST_TEST(runs_until([&] { return has(v4); })); // put back, and that is no reason either
    run_what_is_ready();
    BOOST_TEST(claims_heard().empty());
    keeper->announce();
    std::set<std::string> announced;
    BOOST_TEST(runs_until([&] {
        for (const packet::Claim& claim : claims_heard()) {
            announced.insert(to_text(claim.address));
        }
        return announced == std::set<std::string>{v4, v6};
    }));
    static_cast<void>(keeper->withdraw());
    keeper->hold(in(1h), Probe::skipped); // not held again
    BOOST_TEST(runs_until([&] { return !claims_heard().empty(); }));
}

BOOST_AUTO_TEST_CASE(an_order_to_announce_that_comes_too_late_announces_nothing) {
    keeper->hold_announcements();
    keeper->hold(in(1h), Probe::skipped);
    static_cast<void>(keeper->withdraw());
    keeper->announce();
    run_what_is_ready();
    BOOST_TEST(claims_heard().empty());
}

BOOST_AUTO_TEST_CASE(withdrawing_leaves_nothing) {
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(keeper->withdraw());
    BOOST_TEST(!has(v4));
    BOOST_TEST(!has(v6));
    BOOST_TEST(!keeper->holding());
    run_what_is_ready(); // what the kernel told about it brings nothing back
    BOOST_TEST(!has(v4));
}

BOOST_AUTO_TEST_CASE(a_deleted_address_is_back_and_announced_again) {
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(runs_until([&] { return !claims_heard().empty(); }));
    run_what_is_ready();
    static_cast<void>(claims_heard());
    pair.left.shell("ip addr del 10.77.0.100/24 dev veth0");
    BOOST_TEST(runs_until([&] { return has(v4); }));
    BOOST_TEST(runs_until([&] { return !claims_heard().empty(); }));
}

BOOST_AUTO_TEST_CASE(a_lost_carrier_is_told_and_so_is_its_return) {
    BOOST_TEST(keeper->links().good);
    pair.right.shell("ip link set dev veth1 down");
    BOOST_REQUIRE(runs_until([&] { return !links.empty(); }));
    BOOST_TEST(!links.back().good);
    BOOST_TEST(links.back().detail == "interface veth0 of VIP main has no carrier");
    pair.right.shell("ip link set dev veth1 up");
    BOOST_TEST(runs_until([&] { return links.back().good; }));
}

BOOST_AUTO_TEST_CASE(a_carrier_lost_while_addresses_are_added_is_told_at_once) {
    pair.right.shell("ip link set dev veth1 down");
    BOOST_REQUIRE(testing::eventually([&] { return !left_has_carrier(); }));
    keeper->hold(in(1h), Probe::skipped); // reads what the kernel told, and is in the middle of something else
    BOOST_REQUIRE(links.empty());
    run_what_is_ready();
    BOOST_REQUIRE(!links.empty());
    BOOST_TEST(!links.back().good);
}

BOOST_AUTO_TEST_CASE(a_carrier_lost_while_addresses_are_removed_is_told_at_once) {
    keeper->hold(in(1h), Probe::skipped);
    run_what_is_ready();
    links.clear();
    pair.right.shell("ip link set dev veth1 down");
    BOOST_REQUIRE(testing::eventually([&] { return !left_has_carrier(); }));
    BOOST_TEST(keeper->withdraw());
    run_what_is_ready();
    BOOST_REQUIRE(!links.empty());
    BOOST_TEST(!links.back().good);
}

BOOST_AUTO_TEST_CASE(an_address_that_an_administrator_configured_is_left_alone_and_reported_with_the_remedy) {
    pair.left.shell("ip addr add 10.77.0.100/32 dev lo");
    BOOST_REQUIRE(runs_until([&] { return !links.empty(); }));
    BOOST_TEST(!links.back().good);
    BOOST_TEST(links.back().detail ==
               "10.77.0.100/32 of VIP main was configured on lo by somebody else; remove it there");
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(!has(v4));
    BOOST_TEST(has(v6));
    BOOST_TEST(keeper->withdraw());
    BOOST_TEST(pair.left.output("ip -o addr show dev lo").find("10.77.0.100/32") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_address_that_the_kernel_refuses_is_told_from_the_event_loop) {
    pair.left.sysctl("ipv6/conf/veth0/disable_ipv6", "1");
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(refused.empty()); // not from within hold()
    BOOST_REQUIRE(runs_until([&] { return !refused.empty(); }));
    BOOST_TEST(refused.front().starts_with("cannot add fd77::100/128 to veth0: "));
    BOOST_TEST(has(v4));
    BOOST_TEST(keeper->withdraw());
}

BOOST_AUTO_TEST_CASE(a_refusal_of_a_withdrawn_address_is_nobodys_business_any_more) {
    pair.left.sysctl("ipv6/conf/veth0/disable_ipv6", "1");
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(keeper->withdraw());
    run_what_is_ready();
    BOOST_TEST(refused.empty());
}

/// The lease of half a second is extended as in the daemon, but for its sixth second: nobody refreshes then.
BOOST_AUTO_TEST_CASE(addresses_live_as_long_as_the_lease_is_extended_and_go_by_themselves) {
    keeper->hold(in(500ms), Probe::skipped);
    const Instant began = boot_now();
    bool stayed = true;
    BOOST_TEST(runs_until([&] {
        keeper->extended(in(500ms));
        stayed = stayed && has_both();
        return boot_now() - began > 5s; // two and a half lifetimes
    }));
    BOOST_TEST(stayed);
    const Instant stopped = boot_now();
    keeper->extended(in(0ms));
    BOOST_TEST(testing::eventually([&] { return !has(v4) && !has(v6); })); // nothing runs that could remove them
    BOOST_TEST((boot_now() - stopped < 3500ms));
}

BOOST_AUTO_TEST_CASE(after_the_end_of_the_lease_nothing_is_put_back_or_announced) {
    keeper->hold(in(1h), Probe::skipped);
    run_what_is_ready();
    keeper->extended(in(0ms));
    static_cast<void>(claims_heard());
    pair.left.shell("ip addr del fd77::100/128 dev veth0");
    keeper->announce_again(vip::Reason::healed);
    BOOST_TEST(runs_until([&] { return !keeper->states().back().present; })); // the deletion was heard of
    run_what_is_ready();
    BOOST_TEST(!has(v6));
    BOOST_TEST(claims_heard().empty());
}

/// The fence of a kernel without egress hooks does not see what a packet socket sends, so the clock is looked at before
/// each frame. A thousand VIPs take longer to announce than the lease lasts that they have left.
BOOST_AUTO_TEST_CASE(the_lease_may_end_while_many_are_announced) {
    constexpr std::uint64_t vip_count = 1000;
    constexpr std::uint64_t frames = 2 * vip_count;
    std::vector<vip::Vip> vips;
    for (std::uint64_t index = 0; index < vip_count; ++index) {
        const std::string prefix = fmt::format("10.77.{}.{}/32", 100 + index / 250, 1 + index % 250);
        vips.push_back({.name = prefix, .prefix = parse_prefix(prefix).value(), .interface = "veth0"});
    }
    open(std::move(vips), {.burst = 1, .refresh_interval = 0s, .packets_per_second_max = 1'000'000});
    keeper->hold(in(1h), Probe::skipped);
    BOOST_REQUIRE(runs_until([&] { return frames_sent() >= frames; }));
    const std::uint64_t once = frames_sent();
    keeper->announce_again(vip::Reason::healed); // all at one go
    const std::uint64_t twice = frames_sent();
    BOOST_TEST(twice - once >= frames);
    keeper->extended(in(1ms));
    keeper->announce_again(vip::Reason::healed);
    BOOST_TEST(frames_sent() - twice < frames);
}

BOOST_AUTO_TEST_SUITE_END()
