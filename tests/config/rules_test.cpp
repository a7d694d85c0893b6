// Each rule of belay.ini(5) by one case: a good file with one thing wrong, and the one problem that comes of it.

#include "support.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace belay::config;
using namespace belay::config::test;

namespace {

/// Expects exactly one problem, whose text begins like this.
void expect(const std::string& text, const std::string& problem) {
    const std::string found = problems_of(text);
    BOOST_TEST(found.starts_with("f:" + problem), "expected " << problem << "\nfound    " << found);
    BOOST_TEST(std::ranges::count(found, '\n') == 1, found);
    BOOST_TEST(load_text(text, "f").settings.has_value() == problem.contains(" warning: "));
}

/// Expects no problem at all.
void expect_good(const std::string& text) {
    BOOST_TEST(problems_of(text) == "");
}

void replaced(std::string_view part, std::string_view replacement, const std::string& problem) {
    expect(with(good_text(), part, replacement), problem);
}

/// The good file without its witness: it has one warning.
std::string two_nodes() {
    std::string text = good_text();
    const std::size_t gamma = text.find("[node gamma]");
    return text.erase(gamma, text.find("[vip main]") - gamma);
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(the_good_file_is_good) {
    expect_good(good_text());
}

BOOST_AUTO_TEST_CASE(ranges_of_times) {
    replaced("heartbeat_interval = 50ms", "heartbeat_interval = 4ms", "5:22: error: heartbeat_interval: 4ms is out of");
    replaced("heartbeat_interval = 50ms", "heartbeat_interval = 11s", "5:22: error: heartbeat_interval: 11s is out of");
    replaced("lease = 1s", "lease = 19ms", "6:9: error: lease: 19ms is out of range; use 20ms to 1min");
    replaced("lease = 1s", "lease = 61s", "6:9: error: lease: 61s is out of range");
    replaced("clock_drift = 0.5%", "clock_drift = 20.0001%", "7:15: error: clock_drift: 20.0001% is out of range");
    replaced("fence_slack = 10ms", "fence_slack = 11s", "8:15: error: fence_slack: 11s is out of range");
    expect_good(with(good_text(), "clock_drift = 0.5%", "clock_drift = 20%"));
}

BOOST_AUTO_TEST_CASE(percentages) {
    for (const char* wrong : {"1", "%", "1.%", ".5%", "1.00001%", "-1%", "1,5%", "1.5.5%", "999999999999%"}) {
        replaced("clock_drift = 0.5%", std::string("clock_drift = ") + wrong, "7:15: error: clock_drift: '");
    }
    BOOST_TEST(settings_of(good_text()).cluster.clock_drift_ppm == 5000U);
    const auto settings = settings_of(with(good_text(), "0.5%", "1.0203 %"));
    BOOST_TEST(settings.cluster.clock_drift_ppm == 10203U);
}

BOOST_AUTO_TEST_CASE(lease_against_heartbeats) {
    replaced("lease = 1s", "lease = 199ms",
             "6:9: error: lease: 199ms is shorter than 4 heartbeat intervals of 50ms; use 200ms");
    expect_good(with(good_text(), "lease = 1s", "lease = 200ms"));
}

BOOST_AUTO_TEST_CASE(what_drift_and_slack_leave_of_a_lease) {
    // 200 ms * (1 - 0.005) - slack must be at least 100 ms.
    std::string text = with(good_text(), "lease = 1s", "lease = 200ms");
    expect_good(with(text, "fence_slack = 10ms", "fence_slack = 99ms"));
    expect(with(text, "fence_slack = 10ms", "fence_slack = 100ms"),
           "6:9: error: lease: of 200ms, clock_drift and fence_slack leave less than 2 heartbeat intervals of 50ms to "
           "serve; "
           "use 202ms or more");
    text = with(text, "fence_slack = 10ms", "fence_slack = 100ms");
    expect_good(with(text, "lease = 200ms", "lease = 202ms"));
    expect(with(text, "lease = 200ms", "lease = 201ms"), "6:9: error: lease: of 201ms");
}

BOOST_AUTO_TEST_CASE(an_unreadable_value_makes_one_problem) {
    replaced("heartbeat_interval = 50ms", "heartbeat_interval = fast", "5:22: error: heartbeat_interval: 'fast'");
    replaced("fence_slack = 10ms", "fence_slack =", "8:1: error: 'fence_slack' has no value");
}

BOOST_AUTO_TEST_CASE(fences) {
    expect_good(with(good_text(), "fence = nftables", "fence = address"));
    expect_good(with(good_text(), "fence = nftables", "fence = auto"));
    expect_good(with(good_text(), "fence = nftables\n", ""));
    replaced("fence = nftables", "fence = off", "10:9: warning: fence: off: the kernel does not silence a daemon");
    replaced("fence = nftables", "fence = nft", "10:9: error: fence: 'nft' is not one of auto, nftables, address, off");
}

BOOST_AUTO_TEST_CASE(a_tiebreaker_and_its_gateway) {
    const std::string two = two_nodes();
    const std::string with_gateway = with(two, "tiebreaker = none", "tiebreaker = upstream\nupstream = 10.77.0.254");
    expect_good(with_gateway);
    BOOST_TEST(belay::to_text(settings_of(with_gateway).cluster.upstream.value()) == "10.77.0.254");
    expect_good(with(with_gateway, "10.77.0.254", "fd77::254"));
    expect(with(with_gateway, "10.77.0.100/24", "fd77::7/64"), "9:14: error: tiebreaker: upstream needs an IPv4 VIP");
    expect(with(two, "tiebreaker = none", "tiebreaker = upstream"),
           "9:14: error: tiebreaker: upstream needs 'upstream', the address of the gateway");
    expect(with(good_text(), "tiebreaker = none", "tiebreaker = none\nupstream = 10.77.0.254"),
           "10:1: warning: 'upstream' means nothing without 'tiebreaker = upstream'");
    expect(with(good_text(), "tiebreaker = none", "tiebreaker = upstream\nupstream = 10.77.0.254"),
           "9:14: error: tiebreaker: 3 nodes have a majority without it");
    expect(with(with_gateway, "10.77.0.254", "10.77.0.2"), "10:12: error: upstream: 10.77.0.2 belongs to [node beta]");
    expect(with(with_gateway, "10.77.0.254", "10.77.0.100"),
           "10:12: error: upstream: 10.77.0.100 belongs to [vip main]");
    expect(with(with_gateway, "10.77.0.254", "gateway"), "10:12: error: upstream: ");
    expect(with(with_gateway, "10.77.0.254", "224.0.0.1"),
           "10:12: error: upstream: 224.0.0.1 belongs to no single host; write a unicast address");
}

BOOST_AUTO_TEST_CASE(names) {
    replaced("name = pgha", "name = " + std::string(64, 'x'), "3:8: error: name: the name has 64 letters; use 1 to 63");
    replaced("[node beta]", "[node be/ta]", "19:7: error: [node]: 'be/ta' is not a name");
    replaced("[vip six]", "[vip " + std::string(64, 'x') + "]", "32:6: error: [vip]: the name has 64 letters");
    expect_good(with(good_text(), "[node beta]", "[node " + std::string(63, 'x') + "]"));
    expect_good(with(good_text(), "[node beta]", "[node Beta_2.example-net]"));
}

BOOST_AUTO_TEST_CASE(names_of_one_hash) {
    // These two have the same 64-bit FNV-1a hash.
    const std::string text = with(good_text(), "[node alpha]", "[node 8yn0iYCKYHlIj4-BwPqk]");
    expect(with(text, "[node beta]", "[node GReLUrM4wMqfg9yzV3KQ]"),
           "19:7: error: the name of [node GReLUrM4wMqfg9yzV3KQ] has the same hash as that of "
           "[node 8yn0iYCKYHlIj4-BwPqk] (line 14)");
}

BOOST_AUTO_TEST_CASE(number_of_nodes) {
    std::string text = good_text();
    const auto node = [](int number) {
        return "[node n" + std::to_string(number) + "]\nheartbeat = 10.77.1." + std::to_string(number) +
               ":7940, [fd77::1:" + std::to_string(number) + "]:7940\ninfo = 10.77.1." + std::to_string(number) +
               ":7941\n";
    };
    for (int number = 4; number <= 15; ++number) {
        text += node(number);
    }
    expect_good(text);
    expect(text + node(16), "88:2: error: found 16 [node NAME] sections; a cluster has at most 15 nodes");
}

BOOST_AUTO_TEST_CASE(two_nodes_survive_less) {
    std::string text = two_nodes();
    expect(text, "19:2: warning: two nodes without a third vote");
    const std::size_t beta = text.find("[node beta]");
    text.erase(beta, text.find("[vip main]") - beta);
    expect(text, "14:2: error: found 1 [node NAME] section; write one for each host, at least 2");
}

BOOST_AUTO_TEST_CASE(a_cluster_needs_its_sections) {
    std::string text = good_text();
    text.erase(text.find("[vip main]"), text.find("[service]") - text.find("[vip main]"));
    expect(text, "43:1: error: there is no [vip NAME] section");
    text = good_text();
    text.erase(0, text.find("[node alpha]"));
    expect(text, "38:1: error: there is no [cluster] section; it needs at least name and key_file");
    text = good_text();
    text.erase(text.find("[service]"));
    expect_good(text);
    BOOST_TEST((settings_of(text).service == Service{}));
}

BOOST_AUTO_TEST_CASE(required_keys) {
    replaced("name = pgha\n", "", "2:2: error: [cluster] has no 'name'; add a line such as 'name = pgha'");
    replaced("key_file = /etc/belay/cluster.key\n", "", "2:2: error: [cluster] has no 'key_file'");
    replaced("info = 10.77.0.2:7941\n", "", "19:2: error: [node beta] has no 'info'");
    replaced("heartbeat = 10.77.0.2:7940, [fd77::2]:7940\n", "", "19:2: error: [node beta] has no 'heartbeat'");
    replaced("interface = eth0.7\n", "", "32:2: error: [vip six] has no 'interface'");
    replaced("type = tcp\n", "", "36:2: error: [service] has no 'type'");
}

BOOST_AUTO_TEST_CASE(roles) {
    replaced("role = witness", "role = witness\npriority = 7", "27:12: warning: priority: [node gamma] is a witness");
    const std::string one = with(good_text(), "priority = 200", "role = witness");
    BOOST_TEST(problems_of(one).find("f:19:2: warning: only one node is a member") == 0U);
    expect(with(one, "info = 10.77.0.2:7941", "info = 10.77.0.2:7941\nrole = witness"),
           "17:8: error: role: every node is a witness");
}

BOOST_AUTO_TEST_CASE(channels_fit_each_other) {
    replaced("10.77.0.2:7940, [fd77::2]:7940", "10.77.0.2:7940",
             "20:13: error: heartbeat: channel count 1, but 2 in [node alpha] (line 15)");
    replaced("10.77.0.2:7940, [fd77::2]:7940", "10.77.0.2:7940, 10.78.0.2:7940",
             "20:29: error: heartbeat: channel 2 is IPv4, but IPv6 in [node alpha] (line 15)");
    std::string nine;
    for (int number = 1; number <= 9; ++number) {
        nine += (number == 1 ? "10.77.2." : ", 10.77.2.") + std::to_string(number) + ":1";
    }
    replaced("10.77.0.2:7940, [fd77::2]:7940", nine, "20:117: error: heartbeat: more than 8 channels");
}

BOOST_AUTO_TEST_CASE(addresses_of_nodes_differ) {
    replaced("10.77.0.2:7940", "10.77.0.1:7940",
             "20:13: error: heartbeat: 10.77.0.1:7940 is already channel 1 of [node alpha] (line 15)");
    replaced("info = 10.77.0.2:7941", "info = 10.77.0.1:7941",
             "21:8: error: info: 10.77.0.1:7941 is already the info channel of [node alpha]");
    replaced("info = 10.77.0.2:7941", "info = 10.77.0.1:7940",
             "21:8: error: info: 10.77.0.1:7940 is already channel 1 of [node alpha]");
    replaced("info = 10.77.0.2:7941", "info = 10.77.0.1:9",
             "21:8: warning: info: 10.77.0.1 is also the address of channel 1 of [node alpha]");
    replaced("[fd77::2]:7940", "[fd77::1]:7940",
             "20:29: error: heartbeat: [fd77::1]:7940 is already channel 2 of [node alpha]");
    std::string text = with(good_text(), "[fd77::1]:7940", "10.77.0.1:7950");
    text = with(with(text, "[fd77::2]:7940", "10.78.0.2:7950"), "[fd77::3]:7940", "10.78.0.3:7950");
    expect(text, "15:29: error: heartbeat: 10.77.0.1 is also the address of channel 1 of [node alpha] (line 15)");
    // UDP and TCP have ports of their own.
    expect_good(with(good_text(), "info = 10.77.0.2:7941", "info = 10.77.0.2:7940"));
}

BOOST_AUTO_TEST_CASE(addresses_that_no_host_has) {
    replaced("10.77.0.2:7940", "0.0.0.0:7940", "20:13: error: heartbeat: 0.0.0.0 is the unspecified address");
    replaced("[fd77::2]:7940", "[::]:7940", "20:29: error: heartbeat: :: is the unspecified address");
    replaced("10.77.0.2:7940", "224.0.0.18:7940", "20:13: error: heartbeat: 224.0.0.18 belongs to no single host");
    replaced("10.77.0.2:7940", "255.255.255.255:7940", "20:13: error: heartbeat: 255.255.255.255 belongs to no single");
    replaced("[fd77::2]:7940", "[ff02::1]:7940", "20:29: error: heartbeat: ff02::1 belongs to no single host");
    replaced("[fd77::2]:7940", "[fe80::2]:7940", "20:29: error: heartbeat: fe80::2 is link-local");
    replaced("[fd77::2]:7940", "[::ffff:10.77.0.2]:7940",
             "20:29: error: heartbeat: ::ffff:10.77.0.2 is an IPv4 address");
    replaced("10.77.0.2:7940", "127.0.0.2:7940", "20:13: warning: heartbeat: 127.0.0.2 is a loopback address");
    replaced("info = 10.77.0.2:7941", "info = 0.0.0.0:7941", "21:8: error: info: 0.0.0.0 is the unspecified address");
}

BOOST_AUTO_TEST_CASE(vip_addresses) {
    replaced("10.77.0.100/24", "0.0.0.0/24", "29:11: error: address: 0.0.0.0 is the unspecified address");
    replaced("10.77.0.100/24", "239.1.1.1/24", "29:11: error: address: 239.1.1.1 belongs to no single host");
    replaced("10.77.0.100/24", "127.0.0.9/8", "29:11: error: address: 127.0.0.9 is a loopback address");
    replaced("10.77.0.100/24", "10.77.0.100/0", "29:11: error: address: the prefix length 0");
    replaced("10.77.0.100/24", "10.77.0.100/33", "29:11: error: address: '10.77.0.100/33' has no valid prefix length");
    replaced("10.77.0.100/24", "10.77.0.0/24",
             "29:11: error: address: 10.77.0.0/24 is the address of the network itself");
    replaced("10.77.0.100/24", "10.77.0.255/24", "29:11: error: address: 10.77.0.255/24 is the broadcast address");
    replaced("fd77::100/64", "fe80::100/64", "33:11: error: address: fe80::100 is link-local");
    replaced("fd77::100/64", "fd77::/64", "33:11: error: address: fd77::/64 is the address of the network itself");
    expect_good(with(good_text(), "10.77.0.100/24", "10.77.0.100"));
    expect_good(with(good_text(), "10.77.0.100/24", "10.77.0.100/31"));
}

BOOST_AUTO_TEST_CASE(vips_are_nothing_else) {
    replaced("10.77.0.100/24", "10.77.0.2/24",
             "29:11: error: address: 10.77.0.2 is channel 1 of [node beta] (line 20)");
    replaced("fd77::100/64", "10.77.0.100/32", "33:11: error: address: 10.77.0.100 is already [vip main] (line 29)");
    replaced("address = 127.0.0.1:9999", "address = 10.77.0.100:9999",
             "38:11: error: address: 10.77.0.100 is [vip main] (line 29), where a standby would find the service of "
             "the active");
}

BOOST_AUTO_TEST_CASE(interfaces) {
    replaced("interface = eth0\n", "interface = abcdefghijklmnop\n",
             "30:13: error: interface: the interface name 'abcdefghijklmnop' has 16");
    replaced("interface = eth0\n", "interface = eth/0\n", "30:13: error: interface: 'eth/0' is not an interface name");
    replaced("interface = eth0\n", "interface = eth0:1\n",
             "30:13: error: interface: 'eth0:1' is not an interface name");
    replaced("interface = eth0\n", "interface = eth 0\n", "30:13: error: interface: 'eth 0' is not an interface name");
    replaced("interface = eth0\n", "interface = ..\n", "30:13: error: interface: '..' is not an interface name");
    replaced("interface = eth0\n", "interface =;eth0\n", "30:12: error: interface: ';eth0' is not an interface name");
    expect_good(with(good_text(), "interface = eth0\n", "interface = abcdefghijklmno\n"));
}

BOOST_AUTO_TEST_CASE(pgpool_as_a_service_needs_it_as_a_partner) {
    const std::string pgpool =
        with(good_text(), "type = tcp\n", "type = pgpool\npid_file = /run/p.pid\nuser = belay\n");
    expect(pgpool, "37:8: error: a service of type pgpool needs a [pgpool] section with pcp_user");
    const std::string partner = "\n[pgpool]\npcp_user = belay\npcp_password_file = /etc/belay/pcppass\n";
    BOOST_TEST(problems_of(pgpool + partner) == "");
    const Settings settings = settings_of(pgpool + partner);
    BOOST_TEST_REQUIRE(settings.pgpool.has_value());
    BOOST_TEST(std::get<belay::Endpoint>(settings.pgpool->pcp).port == 9898);
    const Settings local = settings_of(pgpool + partner + "pcp = /run/.s.PGSQL.9898\n");
    BOOST_TEST(std::get<std::string>(local.pgpool->pcp) == "/run/.s.PGSQL.9898");
}

BOOST_AUTO_TEST_CASE(what_asks_other_nodes_must_know_where) {
    std::string asking = with(good_text(), "type = tcp\n", "type = postgres\nuser = belay\nquery_peers = count\n");
    asking = with(asking, "[node beta]\n", "[node beta]\nservice = 10.77.0.2:9999\n");
    expect(asking, "40:15: warning: query_peers: [node alpha] has no 'service', so the others cannot ask it");
    expect_good(with(asking, "[node alpha]\n", "[node alpha]\nservice = 10.77.0.1:9999\n"));
    expect(with(good_text(), "priority = 200", "priority = 200\nquery_peers = count"),
           "18:1: error: unknown key 'query_peers' in [node alpha]; it belongs in [service]");
}

BOOST_AUTO_TEST_CASE(a_database_node_is_on_one_host) {
    const std::string one = with(good_text(), "[node beta]\n", "[node beta]\ndatabase = 1\n");
    expect_good(one);
    expect(with(one, "[node alpha]\n", "[node alpha]\ndatabase = 1\n"),
           "21:12: error: database: 1 is that of [node alpha] (line 15) already");
    expect(with(one, "database = 1", "database = 128"), "20:12: error: database: 128 is out of range; use 0 to 127");
}

BOOST_AUTO_TEST_CASE(service_keys_and_types) {
    replaced("address = 127.0.0.1:9999\n", "", "37:8: error: a service of type tcp needs 'address'");
    replaced("address = 127.0.0.1:9999", "address = 127.0.0.1:9999\npid_file = /run/x.pid",
             "39:1: warning: 'pid_file' means nothing to a service of type tcp");
    std::string text = with(good_text(), "type = tcp", "type = process");
    text = with(with(text, "timeout = 100ms\n", ""), "address = 127.0.0.1:9999\n", "");
    expect(text, "37:8: error: a service of type process needs 'pid_file'; add a line such as");
    expect(with(text, "type = process", "type = process\npid_file = x.pid"),
           "38:12: error: pid_file: 'x.pid' is not an absolute path");
    expect_good(with(text, "type = process", "type = process\npid_file = /x.pid"));
    replaced("timeout = 100ms", "timeout = 0ms", "40:11: error: timeout: 0ms is out of range");
    replaced("rise = 2", "rise = 0", "41:8: error: rise: 0 is out of range; use 1 to 100");
    replaced("fall = 3", "fall = 1e9", "42:8: error: fall: '1e9' is not a whole number");
}

BOOST_AUTO_TEST_CASE(announcements) {
    replaced("burst = 3", "burst = 0", "45:9: error: burst: 0 is out of range; use 1 to 100");
    replaced("refresh_interval = 0ms", "refresh_interval = 1ms",
             "47:20: error: refresh_interval: 1ms is out of range; use 0ms, or 100ms");
    replaced("packets_per_second = 500", "packets_per_second = 4294967296",
             "48:22: error: packets_per_second: 4294967296 is out of");
}

BOOST_AUTO_TEST_CASE(priorities) {
    replaced("priority = 200", "priority = 1000001",
             "17:12: error: priority: 1000001 is out of range; use 0 to 1000000");
    replaced("priority = 200", "priority = -1", "17:12: error: priority: -1 is out of range");
    expect_good(with(good_text(), "priority = 200", "priority = 0"));
}

BOOST_AUTO_TEST_CASE(doubled_and_unknown_words) {
    replaced("lease = 1s", "lease = 1s\nlease = 2s",
             "7:1: error: second 'lease' in [cluster]; the first one is at line 6");
    replaced("[announce]", "[service]\n[announce]",
             "44:2: error: second section [service]; the first one is at line 36: put their keys together");
    replaced("lease = 1s", "leese = 1s", "6:1: error: unknown key 'leese' in [cluster]; did you mean 'lease'?");
    replaced("name = pgha", "nmae = pgha", "3:1: error: unknown key 'nmae' in [cluster]; did you mean 'name'?");
    replaced("lease = 1s", "lease = 1s\nburst = 1",
             "7:1: error: unknown key 'burst' in [cluster]; it belongs in [announce]");
    replaced("lease = 1s", "lease = 1s\nzz = 1", "7:1: error: unknown key 'zz' in [cluster]; it has name, key_file,");
    replaced("[announce]", "[anounce]", "44:2: error: unknown section [anounce]; did you mean 'announce'?");
    replaced("[announce]", "[quorum]",
             "44:2: error: unknown section [quorum]; there are cluster, node, vip, service, announce, pgpool, hooks");
    replaced("[announce]", "[announce main]", "44:11: error: section [announce] takes no name");
    replaced("[vip six]", "[vip]", "32:2: error: section [vip] needs a name, as in [vip alpha]");
}

BOOST_AUTO_TEST_SUITE_END()
