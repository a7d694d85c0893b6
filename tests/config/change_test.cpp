#include "belay/config/change.hpp"

#include "belay/config/schema.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::config;
using namespace belay::config::test;

namespace {

belay::Result<Change> after(std::string_view part, std::string_view replacement) {
    return compare(settings_of(good_text()), settings_of(with(good_text(), part, replacement)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(change)

BOOST_AUTO_TEST_CASE(nothing_changed) {
    const auto same = compare(settings_of(good_text()), settings_of("# another comment\n" + good_text()));
    BOOST_TEST_REQUIRE(same.has_value());
    BOOST_TEST(same->empty());
}

BOOST_AUTO_TEST_CASE(live_keys_say_which_part_has_to_act) {
    const auto priority = after("priority = 200", "priority = 90");
    BOOST_TEST_REQUIRE(priority.has_value());
    BOOST_TEST(priority->keys == std::vector<std::string>{"[node alpha] priority: 200 -> 90"},
               boost::test_tools::per_element());
    BOOST_TEST((priority->priority && !priority->service && !priority->announce && !priority->preempt));
    BOOST_TEST(after("preempt = yes", "preempt = no").value().preempt);
    BOOST_TEST(after("preempt_delay = 30s", "preempt_delay = 5s").value().preempt);
    BOOST_TEST(after("fall = 3", "fall = 4").value().service);
    BOOST_TEST(after("burst = 3", "burst = 4").value().announce);
    BOOST_TEST(after("probe_count = 2", "probe_count = 0").value().announce);
    BOOST_TEST(after("conflict = defend", "conflict = report").value().announce);
    const auto key_file = after("/etc/belay/cluster.key", "/etc/belay/new.key").value();
    BOOST_TEST((key_file.key_file && !key_file.priority));
    BOOST_TEST(after("type = tcp", "type = none").value().keys.at(0) == "[service] type: tcp -> none");
}

BOOST_AUTO_TEST_CASE(what_needs_a_restart_is_named) {
    BOOST_TEST(after("lease = 1s", "lease = 2s").error().text == "[cluster] lease: 1s -> 2s needs a restart");
    BOOST_TEST(after("name = pgha", "name = x").error().text == "[cluster] name: pgha -> x needs a restart");
    BOOST_TEST(after("info = 10.77.0.2:7941", "info = 10.77.0.2:9").error().text ==
               "[node beta] info: 10.77.0.2:7941 -> 10.77.0.2:9 needs a restart");
    BOOST_TEST(after("fence = nftables", "fence = address").error().text ==
               "[cluster] fence: nftables -> address needs a restart");
    BOOST_TEST(after("tiebreaker = none", "tiebreaker = none\nupstream = 10.77.0.254").error().text ==
               "[cluster] upstream: nothing -> 10.77.0.254 needs a restart");
    BOOST_TEST(after("10.77.0.100/24", "10.77.0.101/24").error().text ==
               "[vip main] address: 10.77.0.100/24 -> 10.77.0.101/24 needs a restart");
    BOOST_TEST(after("[vip six]", "[vip seven]").error().text ==
               "[vip six]: taken out needs a restart; [vip seven]: added needs a restart");
}

BOOST_AUTO_TEST_CASE(one_refusal_refuses_all) {
    std::string text = with(good_text(), "priority = 200", "priority = 1");
    text = with(with(text, "lease = 1s", "lease = 2s"), "fence_slack = 10ms", "fence_slack = 11ms");
    const auto both = compare(settings_of(good_text()), settings_of(text));
    BOOST_TEST_REQUIRE(!both.has_value());
    BOOST_TEST(both.error().text ==
               "[cluster] lease: 1s -> 2s needs a restart; [cluster] fence_slack: 10ms -> 11ms needs a restart");
}

BOOST_AUTO_TEST_CASE(what_is_in_the_digest_is_never_live) {
    for (const auto& [kind, name] :
         std::vector<std::pair<SectionKind, std::string_view>>{{SectionKind::cluster, "lease"},
                                                               {SectionKind::cluster, "heartbeat_interval"},
                                                               {SectionKind::cluster, "clock_drift"},
                                                               {SectionKind::cluster, "fence_slack"},
                                                               {SectionKind::cluster, "tiebreaker"},
                                                               {SectionKind::cluster, "upstream"},
                                                               {SectionKind::cluster, "fence"},
                                                               {SectionKind::node, "role"},
                                                               {SectionKind::vip, "address"},
                                                               {SectionKind::vip, "interface"}}) {
        BOOST_TEST(!section_rule(kind).find(name)->live, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
