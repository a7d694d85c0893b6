// Defend after: a foreign host on a real wire claims VIPs that are held.
#include "belay/daemon/conflict_watch.hpp"

#include "belay/base/clock.hpp"
#include "kept_network.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace std::chrono_literals;
using belay::testing::KeptNetwork;
using Kind = daemon::ConflictEvent::Kind;
using Probe = daemon::VipKeeper::Probe;

namespace {

struct Fixture : KeptNetwork {
    /// Holds, and lets the announcements of that go by.
    void hold(Probe probe) {
        keeper->hold(boot_now() + 1h, probe);
        BOOST_REQUIRE(runs_until([&] { return keeper->states().front().present && keeper->states().back().present; }));
        const Instant began = boot_now();
        BOOST_REQUIRE(runs_until([&] { return boot_now() - began > 20ms; }));
        static_cast<void>(claims_heard());
    }

    void claim(const char* address) {
        pair.right.run([&] {
            const int index = std::stoi(pair.right.output("ip -o link show veth1 | cut -d: -f1"));
            BOOST_TEST(packet::announce(*ear, index, parse_ip(address).value(), neighbour_mac(), [] {
                           return true;
                       }).has_value());
        });
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(conflict_watch, Fixture)

BOOST_AUTO_TEST_CASE(a_foreign_claim_is_told_once_and_answered_by_an_announcement) {
    hold(Probe::skipped);
    for (const char* const address : {v4, v6}) {
        claim(address);
        claim(address);
        std::vector<packet::Claim> answers;
        BOOST_TEST(runs_until([&] {
            answers = claims_heard();
            return !answers.empty();
        }));
        BOOST_TEST(to_text(answers.front().address) == address);
        BOOST_TEST((answers.front().mac != neighbour_mac()));
        const auto event = keeper->conflicts().last(1).front();
        BOOST_TEST((event.kind == Kind::claimed));
        BOOST_TEST((event.mac == neighbour_mac()));
        BOOST_TEST(to_text(event.prefix.address) == address);
    }
    BOOST_TEST(keeper->conflicts().last(10).size() == 2U);
    BOOST_TEST(has_both());
    BOOST_TEST(keeper->states().front().problem.value() ==
               fmt::format("the foreign host {} on veth0 claims it too", to_text(neighbour_mac())));
}

BOOST_AUTO_TEST_CASE(claims_of_other_addresses_and_withdrawn_vips_are_nobodys_business) {
    hold(Probe::skipped);
    claim("10.77.0.7");
    run_what_is_ready();
    BOOST_TEST(keeper->withdraw());
    claim(v4);
    const Instant began = boot_now();
    BOOST_TEST(runs_until([&] { return boot_now() - began > 20ms; }));
    BOOST_TEST(keeper->conflicts().last(10).empty());
}

/// The VIP is up at once, though its foreign owner answers, and that one is named all the same.
BOOST_AUTO_TEST_CASE(who_defends_takes_a_vip_from_its_foreign_owner) {
    open(true);
    pair.right.shell("ip addr add 10.77.0.100/24 dev veth1");
    keeper->hold(boot_now() + 1h, Probe::first);
    BOOST_TEST(has_both());
    BOOST_TEST(runs_until([&] { return !keeper->conflicts().last(1).empty(); }));
    const auto event = keeper->conflicts().last(1).front();
    BOOST_TEST((event.kind == Kind::claimed));
    BOOST_TEST((event.mac == neighbour_mac()));
    BOOST_TEST(runs_until([&] { return !claims_heard().empty(); }));
}

BOOST_AUTO_TEST_SUITE_END()
