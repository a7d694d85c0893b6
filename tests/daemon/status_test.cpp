// The documents that belay(1) prints, made from elections that were driven by hand.
#include "belay/daemon/status.hpp"

#include "../core/tested_node.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

using namespace belay;
using namespace belay::core::testing;
using nlohmann::json;

namespace {

config::Node configured(const std::string& name, int number) {
    const std::string address = "10.77.0." + std::to_string(number);
    return {.name = name,
            .id = node_id(name),
            .heartbeat = {parse_endpoint(address + ":7940").value()},
            .info = parse_endpoint(address + ":7941").value(),
            .priority = 100 + number};
}

config::Settings three_nodes_configured() {
    config::Settings settings;
    settings.cluster.name = "shop";
    settings.nodes = {configured("alpha", 1), configured("bravo", 2), configured("charlie", 3)};
    settings.nodes.back().kind = config::NodeKind::witness;
    settings.service.kind = config::ServiceKind::tcp;
    return settings;
}

struct Fixture {
    core::testing::TestedNode node;
    config::Settings settings = three_nodes_configured();
    heartbeat::Report heartbeat;
    info::Report info;
    std::optional<lifecheck::Health> health;
    std::map<NodeId, std::string> rivals;
    std::vector<daemon::VipState> vips;
    daemon::FenceState fence;

    daemon::StatusSource source() const {
        return {.now = node.now.boot,
                .settings = settings,
                .election = node.election,
                .heartbeat = heartbeat,
                .info = info,
                .health = health,
                .rivals = rivals,
                .peer_health = {},
                .vips = vips,
                .fence = fence,
                .counters = {}};
    }

    json status() const { return daemon::status_json(source()); }

    json told_of(std::size_t index) const { return daemon::nodes_json(source())["nodes"].at(index); }

    void join(NodeId peer, info::Verdict verdict, const std::string& reason) {
        info.peers.push_back({.id = peer,
                              .name = settings.name_of(peer),
                              .joined = verdict == info::Verdict::accepted,
                              .dialled = {},
                              .accepted = info::Join{.verdict = verdict,
                                                     .direction = info::Direction::accepted,
                                                     .name = settings.name_of(peer),
                                                     .address = "10.77.0.2:40000",
                                                     .reason = reason},
                              .card = {}});
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(status, Fixture)

BOOST_AUTO_TEST_CASE(before_anything_is_known_fields_are_null_and_not_missing) {
    const json told = status();
    BOOST_TEST(told["node"] == "alpha");
    BOOST_TEST(told["cluster"] == "shop");
    BOOST_TEST(told["role"] == "joining");
    BOOST_TEST(told["holder"] == nullptr);
    BOOST_TEST(told["lease_remaining_ms"] == nullptr);
    BOOST_TEST(told["eligible"] == false);
    BOOST_TEST(told["ineligible_reason"] == "it abstains after its start");
    BOOST_TEST(told["maintenance"] == json::parse(R"({"on": false, "remaining_ms": null})"));
    BOOST_TEST(told["quorum"] == json::parse(R"({"needed": 2, "heard": 1, "of": 3})"));
    BOOST_TEST(told["service"] ==
               json::parse(R"({"type": "tcp", "healthy": false, "detail": "it was not checked yet"})"));
    BOOST_TEST(told["vips"] == json::array());
    BOOST_TEST(told["warnings"] == json::array());
    const json& self = told["nodes"][0];
    BOOST_TEST(self["self"] == true);
    BOOST_TEST(self["last_heard_ms"] == nullptr);
    BOOST_TEST(self["problem"] == nullptr); // abstaining is what a joining node does
    BOOST_TEST(self["channels"] == json::parse(R"([{"index": 0, "local": "10.77.0.1:7940"}])"));
    const json& peer = told["nodes"][1];
    BOOST_TEST(peer["self"] == false);
    BOOST_TEST(peer["last_heard_ms"] == nullptr);
    BOOST_TEST(peer["incarnation"] == nullptr);
    BOOST_TEST(peer["card"] == nullptr);
    BOOST_TEST(peer["eligible"] == false);
    BOOST_TEST(peer["priority"] == 102); // nothing was heard: the configured one
    BOOST_TEST(peer["problem"] == "nothing was ever heard of it");
    BOOST_TEST(peer["info"] == json::parse(R"({"address": "10.77.0.2:7941", "connected": false, "refusal": null})"));
}

BOOST_AUTO_TEST_CASE(the_active_tells_its_lease_and_its_term) {
    node.win();
    health = lifecheck::Health{.healthy = true, .detail = "tcp 127.0.0.1:5432 answers"};
    const json told = status();
    BOOST_TEST(told["role"] == "active");
    BOOST_TEST(told["holder"] == "alpha");
    BOOST_TEST(told["term"] == 1U);
    BOOST_TEST(told["lease_remaining_ms"] == to_ms(lease_worth));
    BOOST_TEST(told["eligible"] == true);
    BOOST_TEST(told["ineligible_reason"] == nullptr);
    BOOST_TEST(told["quorum"]["heard"] == 3U);
    BOOST_TEST(told["service"]["healthy"] == true);
    BOOST_TEST(told["service"]["detail"] == "tcp 127.0.0.1:5432 answers");
    BOOST_TEST(told["nodes"][1]["problem"] == nullptr);
    BOOST_TEST(told["nodes"][1]["priority"] == 100); // its own word, not the configuration's
    BOOST_TEST(told["nodes"][1]["eligible"] == true);
    BOOST_TEST(told["nodes"][1]["last_heard_ms"] == 0);
    BOOST_TEST(told["nodes"][2]["kind"] == "witness");
}

BOOST_AUTO_TEST_CASE(a_standby_names_the_holder_until_it_falls_silent) {
    node.now.boot = start + lease_length;
    core::Message serving = idle();
    serving.role = core::Role::active;
    serving.held = ballot(7, bravo);
    serving.highest_term = 7;
    node.hear(bravo, serving);
    node.hear(charlie, idle());
    node.tick_at(node.now.boot + 40ms);
    BOOST_TEST(status()["role"] == "standby");
    BOOST_TEST(status()["holder"] == "bravo");
    BOOST_TEST(status()["term"] == 7U);
    BOOST_TEST(status()["lease_remaining_ms"] == nullptr);
    BOOST_TEST(told_of(1)["role"] == "active");
    BOOST_TEST(told_of(1)["last_heard_ms"] == 40);
    node.tick_at(node.now.boot + lease_length);
    BOOST_TEST(status()["holder"] == nullptr);
    BOOST_TEST(told_of(1)["role"] == "down");
    BOOST_TEST(told_of(1)["eligible"] == false);
    BOOST_TEST(told_of(1)["problem"] == "nothing is heard of it");
    BOOST_TEST(told_of(1)["last_heard_ms"] == 540);
}

BOOST_AUTO_TEST_CASE(a_peer_that_was_stopped_is_not_told_as_lost) {
    core::Message farewell = idle();
    farewell.leaving = true;
    node.hear(bravo, farewell);
    BOOST_TEST(told_of(1)["problem"] == "it was stopped");
}

BOOST_AUTO_TEST_CASE(the_worst_problem_of_a_peer_is_the_one_that_is_told) {
    core::Message other = idle();
    other.config_digest = 2;
    node.hear(bravo, other);
    BOOST_TEST(told_of(1)["problem"] ==
               "it has another configuration (timing, nodes, roles, tiebreaker, fence or VIPs)");
    join(bravo, info::Verdict::refused_by_us, "its VIPs differ");
    BOOST_TEST(told_of(1)["problem"] == "its VIPs differ");
    BOOST_TEST(told_of(1)["info"]["refusal"] == "its VIPs differ");
    BOOST_TEST(told_of(1)["info"]["connected"] == false);
    rivals[bravo] = "another daemon claims to be it";
    BOOST_TEST(told_of(1)["problem"] == "another daemon claims to be it");
    BOOST_TEST(told_of(1)["info"]["refusal"] == "its VIPs differ");
    BOOST_TEST(told_of(2)["problem"] == "nothing was ever heard of it"); // each problem is of one peer
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_no_refusal) {
    join(bravo, info::Verdict::disconnected, "connection refused");
    BOOST_TEST(told_of(1)["info"]["refusal"] == nullptr);
    node.hear(bravo, idle());
    BOOST_TEST(told_of(1)["problem"] == nullptr);
}

BOOST_AUTO_TEST_CASE(maintenance_is_told_with_the_time_that_is_left_and_ends_by_itself) {
    node.now.boot = start + lease_length;
    node.feed(core::MaintenanceChanged{{.on = true, .until = node.now.boot + 90s}});
    BOOST_TEST(status()["maintenance"] == json::parse(R"({"on": true, "remaining_ms": 90000})"));
    BOOST_TEST(status()["ineligible_reason"] == "the node is in maintenance");
    BOOST_TEST(told_of(0)["problem"] == "the node is in maintenance");
    node.tick_at(node.now.boot + 90s);
    BOOST_TEST(status()["maintenance"] == json::parse(R"({"on": false, "remaining_ms": null})"));
    node.feed(core::MaintenanceChanged{{.on = true, .until = {}}});
    BOOST_TEST(status()["maintenance"] == json::parse(R"({"on": true, "remaining_ms": null})"));
}

BOOST_AUTO_TEST_CASE(channels_are_those_of_the_peer_with_their_trouble) {
    heartbeat::ChannelReport channel;
    channel.own = settings.nodes[0].heartbeat[0];
    channel.peer = settings.nodes[1].heartbeat[0];
    channel.state = wire::ChannelState::up;
    channel.last_heard = node.now.boot - 30ms;
    channel.counts.received = 12;
    channel.counts.rejected.add(wire::Reject::repeated);
    heartbeat::ChannelReport silent = channel;
    silent.state = wire::ChannelState::down;
    silent.last_heard.reset();
    silent.trouble = "cannot send";
    heartbeat.peers.push_back(
        {.id = bravo, .name = "bravo", .incarnation = {}, .last_heard = {}, .channels = {channel, silent}});
    heartbeat.strangers.add(wire::Reject::bad_mac);
    const json told = told_of(1)["channels"];
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST(told[0]["up"] == true);
    BOOST_TEST(told[0]["local"] == "10.77.0.1:7940");
    BOOST_TEST(told[0]["remote"] == "10.77.0.2:7940");
    BOOST_TEST(told[0]["last_heard_ms"] == 30);
    BOOST_TEST(told[0]["received"] == 12U);
    BOOST_TEST(told[0]["rejected"] == 1U);
    BOOST_TEST(told[0]["trouble"] == nullptr);
    BOOST_TEST(told[1]["index"] == 1U);
    BOOST_TEST(told[1]["up"] == false);
    BOOST_TEST(told[1]["last_heard_ms"] == nullptr);
    BOOST_TEST(told[1]["trouble"] == "cannot send");
    BOOST_TEST(told_of(2)["channels"] == json::array());
    const json counters = status()["counters"];
    BOOST_TEST(counters["heartbeat_rejected_repeated"] == 2U); // of all channels together
    BOOST_TEST(counters["heartbeat_rejected_bad_mac"] == 1U);  // and of strangers
}

BOOST_AUTO_TEST_CASE(vips_and_warnings_are_told_in_words) {
    vips = {
        {.name = "web",
         .prefix = parse_prefix("10.77.0.100/24").value(),
         .interface = "eth0",
         .present = true,
         .problem = {}},
        {.name = "db", .prefix = parse_prefix("fd77::100").value(), .interface = "eth1", .problem = "eth1 is down"}};
    info.listen_problem = "cannot listen on 10.77.0.1:7941";
    BOOST_TEST(daemon::vips_json(source()) == json::parse(R"({"vips": [
        {"name": "web", "address": "10.77.0.100/24", "interface": "eth0", "present": true, "problem": null, "conflict": null},
        {"name": "db", "address": "fd77::100/128", "interface": "eth1", "present": false, "problem": "eth1 is down", "conflict": null}]})"));
    BOOST_TEST(status()["warnings"] == json::parse(R"(["cannot listen on 10.77.0.1:7941"])"));
    info.listening = true;
    BOOST_TEST(status()["warnings"] == json::array());
}

BOOST_AUTO_TEST_CASE(an_event_names_the_node_the_change_and_its_reason) {
    const core::action::RoleChanged change{.node = bravo,
                                           .from = core::Role::standby,
                                           .to = core::Role::active,
                                           .term = 3,
                                           .reason = {.why = core::Why::holder_silent, .words = "alpha is silent"}};
    BOOST_TEST(daemon::events_json({.settings = settings,
                                    .self = bravo,
                                    .changes = {{.unix_time = 1s, .change = change}},
                                    .conflicts = {},
                                    .fence = {}}) == json::parse(R"({"events": [
        {"time": "1970-01-01T00:00:01.000Z", "node": "bravo", "from": "standby", "to": "active", "term": 3,
         "why": "holder_silent", "reason": "alpha is silent"}]})"));
    BOOST_TEST(
        daemon::events_json({.settings = settings, .self = bravo, .changes = {}, .conflicts = {}, .fence = {}}) ==
        json::parse(R"({"events": []})"));
}

BOOST_AUTO_TEST_CASE(events_of_all_kinds_stand_in_the_order_of_their_times_and_the_last_ones_are_given) {
    using daemon::ConflictEvent;
    using daemon::FenceEvent;
    const core::PastChange change{.unix_time = 2s,
                                  .change = {.node = alpha,
                                             .from = core::Role::active,
                                             .to = core::Role::standby,
                                             .term = 3,
                                             .reason = {.why = core::Why::lease_ran_out, .words = "it ran out"}}};
    const daemon::EventSource all{
        .settings = settings,
        .self = alpha,
        .changes = {change},
        .conflicts = {{.unix_time = 4s,
                       .kind = ConflictEvent::Kind::taken,
                       .vip = "web",
                       .prefix = parse_prefix("10.77.0.100/24").value(),
                       .interface = "eth0",
                       .mac = parse_mac("02:00:5e:00:53:01").value()}},
        .fence = {{.unix_time = 1s, .kind = FenceEvent::Kind::unavailable, .reason = "no right"},
                  {.unix_time = 3s, .kind = FenceEvent::Kind::lost, .reason = "somebody deleted it"},
                  {.unix_time = 3s, .kind = FenceEvent::Kind::built, .reason = "made again"},
                  {.unix_time = 5s, .kind = FenceEvent::Kind::failed, .reason = "no memory"}}};
    BOOST_TEST(daemon::events_json(all, 5) == json::parse(R"({"events": [
        {"time": "1970-01-01T00:00:02.000Z", "node": "alpha", "from": "active", "to": "standby", "term": 3,
         "why": "lease_ran_out", "reason": "it ran out"},
        {"time": "1970-01-01T00:00:03.000Z", "node": "alpha", "event": "fence_lost", "reason": "somebody deleted it"},
        {"time": "1970-01-01T00:00:03.000Z", "node": "alpha", "event": "fence_built", "reason": "made again"},
        {"time": "1970-01-01T00:00:04.000Z", "node": "alpha", "event": "vip_taken", "vip": "web",
         "address": "10.77.0.100/24", "interface": "eth0", "mac": "02:00:5e:00:53:01",
         "reason": "10.77.0.100 is used by the foreign host 02:00:5e:00:53:01 on eth0; not served here before that host gives it up"},
        {"time": "1970-01-01T00:00:05.000Z", "node": "alpha", "event": "fence_failed", "reason": "no memory"}]})"));
    BOOST_TEST(daemon::events_json(all)["events"].front()["event"] == "fence_unavailable");
}

/// Whoever writes a script reads belay(1).
BOOST_AUTO_TEST_CASE(the_manual_has_every_field) {
    const char* const path = std::getenv("BELAY_MAN_PAGE");
    BOOST_REQUIRE_MESSAGE(path != nullptr, "BELAY_MAN_PAGE does not say where belay.1 is");
    std::ifstream file(path);
    std::set<std::string> words;
    for (std::string word; file >> word;) {
        words.insert(word);
    }
    vips = {{.name = "web",
             .prefix = parse_prefix("10.77.0.100/24").value(),
             .interface = "eth0",
             .problem = {},
             .conflict = vip::Conflict{}}};
    info.peers.push_back({.id = bravo, .name = "bravo", .dialled = {}, .accepted = {}, .card = info::NodeCard{}});
    heartbeat.peers.push_back({.id = bravo,
                               .name = "bravo",
                               .incarnation = {},
                               .last_heard = {},
                               .channels = std::vector<heartbeat::ChannelReport>(1)});
    settings.cluster.upstream = parse_ip("10.77.0.254").value();
    json told = status();
    told.erase("counters"); // too many, and their names speak
    const std::function<void(const json&)> look = [&](const json& value) {
        for (const auto& item : value.items()) {
            BOOST_TEST((value.is_array() || words.contains(item.key())), item.key());
            if (item.value().is_structured()) {
                look(item.value());
            }
        }
    };
    look(told);
    BOOST_TEST(!told["vips"][0]["conflict"].is_null());
    BOOST_TEST(told.dump().find("started_unix_ns") != std::string::npos);
    BOOST_TEST(told.dump().find("send_failures") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(times_are_utc_with_milliseconds) {
    BOOST_TEST(daemon::utc_text(0s) == "1970-01-01T00:00:00.000Z");
    BOOST_TEST(daemon::utc_text(1795455600s + 7ms) == "2026-11-23T17:40:00.007Z");
    BOOST_TEST(daemon::utc_text(1709164799s + 999'999'999ns) == "2024-02-28T23:59:59.999Z"); // cut, never rounded up
}

BOOST_AUTO_TEST_CASE(the_fence_tells_how_long_it_is_open) {
    BOOST_TEST(status()["fence"]["kind"] == "off");
    fence = {.kind = config::FenceKind::nftables,
             .armed_until = node.now.boot + std::chrono::milliseconds(470),
             .guards_egress = true,
             .armed_count = 1,
             .lost_count = 2};
    BOOST_TEST(status()["fence"]["kind"] == "nftables");
    BOOST_TEST(status()["fence"]["armed_ms"] == 470);
    BOOST_TEST(status()["fence"]["lost"] == 2);
    fence.armed_until = node.now.boot; // over
    BOOST_TEST(status()["fence"]["armed_ms"].is_null());
}

BOOST_AUTO_TEST_SUITE_END()
