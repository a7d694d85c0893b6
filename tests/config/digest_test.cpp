#include "belay/config/settings.hpp"

#include "support.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <vector>

using namespace belay::config;
using namespace belay::config::test;

namespace {

std::uint64_t digest_of(const Settings& settings) {
    return digest(settings, resolved_fence(settings.cluster.fence, true));
}

} // namespace

BOOST_AUTO_TEST_SUITE(digests)

BOOST_AUTO_TEST_CASE(all_that_nodes_must_agree_on_changes_it) {
    const Settings base = settings_of(good_text());
    const std::vector<std::function<void(Settings&)>> changes{
        [](Settings& to) { to.cluster.lease += belay::Duration(1); },
        [](Settings& to) { to.cluster.heartbeat_interval += belay::Duration(1); },
        [](Settings& to) { to.cluster.clock_drift_ppm += 1; },
        [](Settings& to) { to.cluster.fence_slack += belay::Duration(1); },
        [](Settings& to) { to.cluster.upstream = belay::parse_ip("10.77.0.254").value(); },
        [](Settings& to) { to.cluster.upstream = belay::parse_ip("10.77.0.253").value(); },
        [](Settings& to) { to.cluster.fence = FenceKind::address; },
        [](Settings& to) { to.cluster.fence = FenceKind::off; },
        [](Settings& to) { to.nodes[0].name = "omega"; },
        [](Settings& to) { to.nodes[0].kind = NodeKind::witness; },
        [](Settings& to) { to.nodes.pop_back(); },
        [](Settings& to) { to.vips[0].name = "other"; },
        [](Settings& to) { to.vips[0].address.length = 25; },
        [](Settings& to) { to.vips[0].address.address.bytes[3] = 101; },
        [](Settings& to) { to.vips[0].interface = "eth1"; },
        [](Settings& to) { to.vips.pop_back(); },
    };
    std::vector<std::uint64_t> seen{digest_of(base)};
    for (std::size_t index = 0; index < changes.size(); ++index) {
        Settings changed = base;
        changes[index](changed);
        const std::uint64_t value = digest_of(changed);
        BOOST_TEST(std::ranges::count(seen, value) == 0, "change " << index);
        seen.push_back(value);
    }
}

BOOST_AUTO_TEST_CASE(what_may_differ_between_nodes_does_not) {
    const Settings base = settings_of(good_text());
    Settings changed = base;
    changed.cluster.key_file = "/other";
    changed.cluster.preempt = false;
    changed.nodes[0].priority = 1;
    changed.service = {};
    changed.announce = {};
    std::swap(changed.nodes[0], changed.nodes[2]);
    std::swap(changed.vips[0], changed.vips[1]);
    BOOST_TEST(digest_of(changed) == digest_of(base));
    BOOST_TEST(vip_digest(changed) == vip_digest(base));
}

BOOST_AUTO_TEST_CASE(it_is_of_the_fence_in_force) {
    Settings written = settings_of(good_text());
    const std::uint64_t nftables = digest(written, FenceKind::nftables);
    written.cluster.fence = FenceKind::automatic;
    BOOST_TEST(digest(written, resolved_fence(FenceKind::automatic, true)) == nftables);
    BOOST_TEST(digest(written, resolved_fence(FenceKind::automatic, false)) == digest(written, FenceKind::address));
    BOOST_TEST(digest(written, FenceKind::address) != nftables);
    BOOST_TEST((resolved_fence(FenceKind::off, true) == FenceKind::off));
    BOOST_TEST((resolved_fence(FenceKind::nftables, false) == FenceKind::nftables)); // the daemon refuses to start
}

BOOST_AUTO_TEST_CASE(it_is_the_same_on_every_host_and_in_every_build) {
    // Computed with sha256sum over the text that digest.cpp describes.
    Settings settings;
    settings.nodes = {{.name = "alpha", .id = {}, .heartbeat = {}, .info = {}}};
    settings.vips = {{.name = "main", .address = belay::parse_prefix("10.77.0.100/24").value(), .interface = "eth0"}};
    BOOST_TEST(digest_of(settings) == 0xe563d932a6fff970U);
    BOOST_TEST(vip_digest(settings) == "bca4a3d042c981d11cacc11fce538eb4ac1c67a0f0634bef71f405c69417f2f0");
}

BOOST_AUTO_TEST_CASE(vip_digest_is_of_vips_only) {
    Settings settings = settings_of(good_text());
    const std::string before = vip_digest(settings);
    settings.cluster.lease *= 2;
    settings.nodes.pop_back();
    BOOST_TEST(vip_digest(settings) == before);
    settings.vips[0].interface = "eth9";
    BOOST_TEST(vip_digest(settings) != before);
    BOOST_TEST(before.size() == 64U);
}

BOOST_AUTO_TEST_SUITE_END()
