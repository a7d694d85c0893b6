// Probe before claim on a real wire: the right host is the foreign one, and its kernel answers.
#include "belay/daemon/probe_runner.hpp"

#include "belay/base/clock.hpp"
#include "kept_network.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace std::chrono_literals;
using belay::testing::KeptNetwork;
using Probe = daemon::VipKeeper::Probe;

namespace {

Instant in(Duration span) {
    return boot_now() + span;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(probe_runner, KeptNetwork)

BOOST_AUTO_TEST_CASE(vips_that_nobody_has_are_up_after_three_questions) {
    const Instant began = boot_now();
    keeper->hold(in(1h), Probe::first);
    BOOST_TEST(!has(v4)); // it is only asked for yet
    BOOST_TEST(!has(v6));
    BOOST_TEST(keeper->states().front().problem.value() == "the network is asked whether another host has it");
    BOOST_TEST(runs_until([&] { return has_both(); }));
    BOOST_TEST((boot_now() - began >= 30ms));
    const auto frames = ear->receive().value();
    const auto asked = std::ranges::count_if(frames, [](const packet::Frame& frame) {
        const auto probe = packet::arp_probe_in(frame);
        return probe && to_text(probe->address) == v4;
    });
    BOOST_TEST(asked == 3);
    BOOST_TEST(keeper->conflicts().last(10).empty());
}

BOOST_AUTO_TEST_CASE(after_a_release_nobody_is_asked) {
    keeper->hold(in(1h), Probe::skipped);
    BOOST_TEST(has_both());
    BOOST_TEST(runs_until([&] { return keeper->states().back().present; }));
    const auto frames = ear->receive().value();
    for (const packet::Frame& frame : frames) {
        BOOST_TEST(!packet::arp_probe_in(frame).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_vip_that_a_foreign_host_has_is_left_to_it_and_served_when_it_is_gone) {
    for (const char* const prefix : {"10.77.0.100/24", "fd77::100/64"}) {
        pair.right.shell(fmt::format("ip addr add {} dev veth1{}", prefix, prefix[0] == 'f' ? " nodad" : ""));
        keeper->hold(in(1h), Probe::first);
        BOOST_REQUIRE(runs_until([&] { return !keeper->conflicts().last(10).empty() && (has(v4) || has(v6)); }));
        const std::string address = std::string(prefix).substr(0, std::string(prefix).find('/'));
        BOOST_TEST(!has(address));
        BOOST_TEST(has(address == v4 ? v6 : v4)); // the other one is not kept back
        const auto event = keeper->conflicts().last(1).front();
        BOOST_TEST((event.kind == daemon::ConflictEvent::Kind::taken));
        BOOST_TEST((event.mac == neighbour_mac()));
        const auto states = keeper->states();
        const auto& state = address == v4 ? states.front() : states.back();
        BOOST_REQUIRE(state.conflict.has_value());
        BOOST_TEST(state.problem.value().find(to_text(neighbour_mac())) != std::string::npos);

        pair.right.shell(fmt::format("ip addr del {} dev veth1", prefix));
        BOOST_TEST(runs_until([&] { return has_both(); }));
        BOOST_TEST((keeper->conflicts().last(1).front().kind == daemon::ConflictEvent::Kind::freed));
        BOOST_TEST(runs_until([&] { return !keeper->states().front().problem && !keeper->states().back().problem; }));
        BOOST_TEST(keeper->withdraw());
        open();
    }
}

BOOST_AUTO_TEST_CASE(a_foreign_host_that_asks_for_a_vip_is_about_to_take_it) {
    keeper->hold(in(1h), Probe::first);
    pair.right.run([&] {
        const int index = std::stoi(pair.right.output("ip -o link show veth1 | cut -d: -f1"));
        BOOST_TEST(packet::probe(*ear, index, parse_ip(v4).value(), neighbour_mac()).has_value());
    });
    BOOST_TEST(runs_until([&] { return !keeper->conflicts().last(1).empty(); }));
    BOOST_TEST(!has(v4));
    BOOST_TEST(runs_until([&] { return has_both(); })); // it never came: asked again after a second, and free
}

BOOST_AUTO_TEST_CASE(who_withdraws_while_asking_puts_nothing_up) {
    keeper->hold(in(1h), Probe::first);
    BOOST_TEST(keeper->withdraw());
    const Instant began = boot_now();
    BOOST_TEST(runs_until([&] { return boot_now() - began > 50ms; }));
    BOOST_TEST(!has(v4));
    BOOST_TEST(!has(v6));
}

BOOST_AUTO_TEST_SUITE_END()
