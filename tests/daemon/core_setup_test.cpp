#include "belay/daemon/core_setup.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace belay;
using namespace belay::daemon;
using namespace std::chrono_literals;

namespace {

config::Node configured(const std::string& name, int number) {
    const auto endpoint = [number](int network, int port) {
        return parse_endpoint("10.77." + std::to_string(network) + "." + std::to_string(number) + ":" +
                              std::to_string(port))
            .value();
    };
    return {.name = name,
            .id = node_id(name),
            .heartbeat = {endpoint(0, 7940), endpoint(1, 7940)},
            .info = endpoint(0, 7941),
            .priority = 100 + number};
}

/// Bravo's part in a cluster of three; no value is its default, so that a field that was forgotten shows.
struct Fixture {
    Fixture() {
        settings.cluster = {.name = "shop",
                            .key_file = "cluster.key",
                            .heartbeat_interval = 150ms,
                            .lease = 900ms,
                            .clock_drift_ppm = 20'000,
                            .fence_slack = 30ms,
                            .preempt = true,
                            .preempt_delay = 17s};
        settings.nodes = {configured("alpha", 1), configured("bravo", 2), configured("charlie", 3)};
        settings.nodes.back().kind = config::NodeKind::witness;
        settings.vips = {{.name = "web", .address = parse_prefix("10.77.0.100/24").value(), .interface = "eth0"},
                         {.name = "web6", .address = parse_prefix("fd77::100").value(), .interface = "eth1"}};
        run.incarnation.nonce = 11;
        keys.emplace_back(std::vector<std::uint8_t>{1, 2, 3});
        keys.emplace_back(std::vector<std::uint8_t>{4, 5});
    }

    bool copied(const ClusterKeys& copy) const {
        return std::ranges::equal(copy, keys, [](const SecretBytes& left, const SecretBytes& right) {
            return std::ranges::equal(left.view(), right.view());
        });
    }

    config::Settings settings;
    Run run{.self = node_id("bravo"),
            .incarnation = {},
            .started_unix_ns = 5,
            .abstention = 2s,
            .seed = 9,
            .fence = config::FenceKind::address};
    ClusterKeys keys;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(core_setup_of, Fixture)

BOOST_AUTO_TEST_CASE(the_core_gets_every_node_and_its_own_priority) {
    const core::Setup setup = core_setup(settings, run);
    BOOST_TEST((setup.self == run.self));
    BOOST_TEST((setup.incarnation == run.incarnation));
    BOOST_REQUIRE(setup.nodes.size() == 3U); // itself too: it votes
    BOOST_TEST(setup.nodes[0].name == "alpha");
    BOOST_TEST((setup.nodes[1].id == run.self));
    BOOST_TEST(!setup.nodes[1].witness);
    BOOST_TEST(setup.nodes[2].witness);
    BOOST_TEST(setup.parameters.priority == 102);
    BOOST_TEST((setup.parameters.lease == 900ms));
    BOOST_TEST((setup.parameters.heartbeat_interval == 150ms));
    BOOST_TEST(setup.parameters.clock_drift_ppm == 20'000U);
    BOOST_TEST((setup.parameters.fence_slack == 30ms));
    BOOST_TEST(setup.parameters.preempt);
    BOOST_TEST((setup.parameters.preempt_delay == 17s));
    BOOST_TEST((setup.abstention == 2s));
    BOOST_TEST(setup.started_unix_ns == 5);
    BOOST_TEST(setup.seed == 9U);
    BOOST_TEST((setup.parameters.promise == config::promise_span(settings.cluster, config::FenceKind::address)));
    BOOST_TEST(setup.config_digest == config::digest(settings, config::FenceKind::address));
}

BOOST_AUTO_TEST_CASE(a_reload_changes_what_may_change_of_this_node) {
    const core::Adjusted changed = adjusted(settings, node_id("alpha"), false);
    BOOST_TEST(changed.priority == 101);
    BOOST_TEST(changed.preempt);
    BOOST_TEST((changed.preempt_delay == 17s));
    BOOST_TEST(changed.preempt_margin == 1);
}

BOOST_AUTO_TEST_CASE(the_place_of_the_primary_database_counts_only_where_it_is_preferred) {
    settings.cluster.preempt = false;
    settings.pgpool = config::Pgpool{};
    BOOST_TEST(!core_setup(settings, run).parameters.preempt);
    BOOST_TEST(adjusted(settings, node_id("alpha"), true).priority == 101);
    settings.pgpool->prefer_primary = true;
    BOOST_TEST(core_setup(settings, run).parameters.preempt);
    BOOST_TEST(core_setup(settings, run).parameters.preempt_margin > 1'000'000); // more than priorities can differ
    const core::Adjusted near = adjusted(settings, node_id("alpha"), true);
    BOOST_TEST(core::is_near_primary(near.priority));
    BOOST_TEST(core::configured_priority(near.priority) == 101);
    BOOST_TEST(!core::is_near_primary(adjusted(settings, node_id("alpha"), false).priority));
}

BOOST_AUTO_TEST_CASE(heartbeats_go_to_all_but_oneself) {
    const heartbeat::Setup setup = heartbeat_setup(settings, run, keys);
    BOOST_TEST(setup.cluster_name == "shop");
    BOOST_TEST((setup.self == run.self));
    BOOST_TEST((setup.incarnation == run.incarnation));
    BOOST_TEST((setup.channels == settings.nodes[1].heartbeat));
    BOOST_REQUIRE(setup.peers.size() == 2U);
    BOOST_TEST(setup.peers[0].name == "alpha");
    BOOST_TEST(setup.peers[1].name == "charlie");
    BOOST_TEST((setup.peers[1].id == node_id("charlie")));
    BOOST_TEST((setup.peers[1].channels == settings.nodes[2].heartbeat));
    BOOST_TEST((setup.heartbeat_interval == 150ms));
    BOOST_TEST((setup.lease == 900ms));
    BOOST_TEST(copied(setup.keys));
}

BOOST_AUTO_TEST_CASE(the_info_channel_gets_both_digests_and_the_own_card) {
    settings.service = {
        .kind = config::ServiceKind::tcp, .pid_file = {}, .address = parse_endpoint("127.0.0.1:5432").value()};
    const info::Setup setup = info_setup(settings, run, keys);
    BOOST_TEST(setup.cluster_name == "shop");
    BOOST_TEST(setup.node_name == "bravo");
    BOOST_TEST((setup.listen == settings.nodes[1].info));
    BOOST_REQUIRE(setup.peers.size() == 2U);
    BOOST_TEST(setup.peers[0].name == "alpha");
    BOOST_TEST((setup.peers[1].info == settings.nodes[2].info));
    BOOST_TEST(copied(setup.keys));
    BOOST_TEST(setup.own.fence == "address");
    BOOST_TEST(setup.own.config_digest == config::digest(settings, config::FenceKind::address));
    BOOST_TEST(setup.own.vip_digest == std::stoull(config::vip_digest(settings).substr(0, 16), nullptr, 16));
    BOOST_TEST(setup.own.card.name == setup.node_name);
    BOOST_TEST(setup.own.card.incarnation == to_text(run.incarnation));
    BOOST_TEST(setup.own.card.service == "tcp 127.0.0.1:5432");
    BOOST_TEST(setup.own.card.started_unix_ns == 5);
    BOOST_TEST((setup.own.card.addresses == std::vector<std::string>{"10.77.0.2", "10.77.1.2"}));
}

BOOST_AUTO_TEST_CASE(other_vips_are_another_vip_digest_and_another_timing_is_not) {
    const std::uint64_t before = info_setup(settings, run, keys).own.vip_digest;
    settings.cluster.lease = 1s;
    BOOST_TEST(info_setup(settings, run, keys).own.vip_digest == before);
    settings.vips.pop_back();
    BOOST_TEST(info_setup(settings, run, keys).own.vip_digest != before);
}

BOOST_AUTO_TEST_CASE(vips_and_pace_are_taken_over_whole) {
    const std::vector<vip::Vip> vips = vips_of(settings);
    BOOST_REQUIRE(vips.size() == 2U);
    BOOST_TEST(
        (vips[1] == vip::Vip{.name = "web6", .prefix = parse_prefix("fd77::100/128").value(), .interface = "eth1"}));
    const vip::Pace pace =
        pace_of({.burst = 3, .burst_interval = 70ms, .refresh_interval = 11s, .packets_per_second_max = 50});
    BOOST_TEST(pace.burst == 3U);
    BOOST_TEST((pace.burst_interval == 70ms));
    BOOST_TEST((pace.refresh_interval == 11s));
    BOOST_TEST(pace.packets_per_second_max == 50U);
}

BOOST_AUTO_TEST_CASE(what_is_guarded_is_told_in_the_words_of_the_configuration) {
    BOOST_TEST(describe({}) == "none");
    BOOST_TEST(describe({.kind = config::ServiceKind::process, .pid_file = "/run/x.pid", .address = {}}) ==
               "process of /run/x.pid");
    BOOST_TEST(describe({.kind = config::ServiceKind::pgpool, .pid_file = {}, .address = {}}) == "pgpool");
    BOOST_TEST(word_of(config::ServiceKind::postgres) == "postgres");
}

BOOST_AUTO_TEST_SUITE_END()
