// The questions behind `tiebreaker = upstream` on a real wire: the right host's kernel is the gateway, and has the VIP
// or not.
#include "belay/daemon/upstream_prober.hpp"

#include "belay/base/clock.hpp"
#include "belay/base/unique_fd.hpp"
#include "belay/wire/arp.hpp"
#include "belay/wire/arp_question.hpp"
#include "namespace.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using namespace belay;
using namespace belay::daemon;
using namespace std::chrono_literals;
using belay::testing::eventually;
using core::ProbeOutcome;

namespace {

constexpr const char* vip = "10.77.0.100";
constexpr const char* gateway = "10.77.0.254";

struct Fixture {
    Fixture() {
        pair.left.shell("ip link set dev veth0 address 02:00:5e:00:53:01 && ip addr add 10.77.0.1/24 dev veth0");
        pair.right.shell("ip link set dev veth1 address 02:00:5e:00:53:02");
        pair.left.sysctl("ipv4/ping_group_range", "0 2147483647");
        pair.right.run([&] { wire.emplace(packet::RawSocket::open().value()); });
        BOOST_REQUIRE(wire->hear(packet::Hearing::arp));
        right_index = std::stoi(pair.right.output("ip -o link show dev veth1 | cut -d: -f1"));
        BOOST_REQUIRE(eventually(
            [&] { return pair.left.output("ip -o link show veth0").find("LOWER_UP") != std::string::npos; }));
    }

    void start(const char* asked = gateway, Duration interval = 20ms) {
        pair.left.run([&] {
            prober = UpstreamProber::start(context,
                                           {.gateway = parse_ip(asked).value(),
                                            .interval = interval,
                                            .vip = parse_prefix("10.77.0.100/24").value(),
                                            .interface = "veth0"},
                                           packet::RawSocket::open().value(),
                                           {.gateway = [this](const auto& checked) { checks.push_back(checked); },
                                            .vip = [this](const auto& probed) { probes.push_back(probed); }})
                         .value();
        });
    }

    void probe() {
        pair.left.run([&] { prober->probe_vips(20ms); });
    }

    /// Runs the prober's event loop inside until `met`; false after ten seconds.
    bool runs_until(const std::function<bool()>& met) {
        bool done = false;
        const Instant deadline = boot_now() + 10s;
        pair.left.run([&] {
            while (!(done = met()) && boot_now() < deadline) {
                context.restart();
                context.run_one_for(5ms);
            }
        });
        return done;
    }

    [[nodiscard]] std::size_t reached(bool reachable) const {
        return static_cast<std::size_t>(std::ranges::count(checks, reachable, &core::UpstreamChecked::reachable));
    }

    [[nodiscard]] std::size_t probed(ProbeOutcome outcome) const {
        return static_cast<std::size_t>(std::ranges::count(probes, outcome, &core::VipProbed::outcome));
    }

    bool runs_until_probed(ProbeOutcome outcome, std::size_t count = 3) {
        return runs_until([&] { return probed(outcome) >= count; });
    }

    /// A frame of the right host, with the MAC address that it says.
    void send(const Bytes& frame) { BOOST_REQUIRE(wire->send(right_index, frame)); }

    /// The ARP questions of the left host so far.
    std::vector<wire::ArpMessage> asked() {
        std::vector<wire::ArpMessage> all;
        const auto frames = wire->receive().value();
        for (const packet::Frame& frame : frames) {
            if (const auto message = wire::decode_arp(frame.bytes);
                message && message->operation == wire::ArpOperation::request) {
                all.push_back(*message);
            }
        }
        return all;
    }

    const MacAddress left_mac = parse_mac("02:00:5e:00:53:01").value();
    const MacAddress right_mac = parse_mac("02:00:5e:00:53:02").value();
    belay::testing::Pair pair;
    std::optional<packet::RawSocket> wire; ///< of the right host
    int right_index = 0;
    boost::asio::io_context context{1};
    std::vector<core::UpstreamChecked> checks;
    std::vector<core::VipProbed> probes;
    std::unique_ptr<UpstreamProber> prober;
};

/// Standard error, which is the log, while this lives.
class CapturedLog {
public:
    CapturedLog()
        : before_(::dup(STDERR_FILENO))
        , file_(::memfd_create("log", MFD_CLOEXEC)) {
        BOOST_REQUIRE(::dup2(file_.get(), STDERR_FILENO) >= 0);
    }

    CapturedLog(const CapturedLog&) = delete;
    CapturedLog& operator=(const CapturedLog&) = delete;

    ~CapturedLog() { ::dup2(before_.get(), STDERR_FILENO); }

    [[nodiscard]] std::size_t count(std::string_view part) const {
        std::array<char, 8192> text{};
        const ssize_t size = ::pread(file_.get(), text.data(), text.size(), 0);
        const std::string_view all(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        std::size_t found = 0;
        for (std::size_t at = all.find(part); at != std::string_view::npos; at = all.find(part, at + 1)) {
            ++found;
        }
        return found;
    }

private:
    UniqueFd before_;
    UniqueFd file_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(upstream_prober, Fixture)

BOOST_AUTO_TEST_CASE(a_missed_question_is_not_told_and_a_lost_gateway_once) {
    const CapturedLog log;
    pair.right.shell("ip addr add 10.77.0.254/24 dev veth1");
    start();
    BOOST_REQUIRE(runs_until([&] { return reached(true) >= 3; }));
    pair.right.shell("ip addr del 10.77.0.254/24 dev veth1");
    checks.clear();
    BOOST_REQUIRE(runs_until([&] { return reached(false) == 2; }));
    BOOST_TEST(log.count("reachable=false") == 0U);
    BOOST_REQUIRE(runs_until([&] { return reached(false) >= 6; }));
    BOOST_TEST(log.count("reachable=false") == 1U);
}

BOOST_AUTO_TEST_CASE(a_gateway_that_is_there_gone_and_back) {
    start();
    BOOST_TEST(runs_until([&] { return reached(false) >= 2; }));
    BOOST_TEST(reached(true) == 0U);
    pair.right.shell("ip addr add 10.77.0.254/24 dev veth1");
    const Instant there = boot_now();
    BOOST_TEST(runs_until([&] { return reached(true) >= 3; }));
    BOOST_TEST((checks.back().asked_at >= there - 20ms));
    BOOST_TEST((checks.back().asked_at <= boot_now()));
    pair.right.shell("ip addr del 10.77.0.254/24 dev veth1");
    checks.clear();
    BOOST_TEST(runs_until([&] { return reached(false) >= 2; }));
}

BOOST_AUTO_TEST_CASE(the_gateway_on_the_segment_is_asked_by_arp_in_the_hosts_own_name) {
    start();
    std::vector<wire::ArpMessage> heard;
    BOOST_REQUIRE(runs_until([&] { return !(heard = asked()).empty(); }));
    BOOST_TEST(to_text(heard.front().target_ip) == gateway);
    BOOST_TEST(to_text(heard.front().sender_ip) == "10.77.0.1");
    BOOST_TEST((heard.front().sender_mac == left_mac));
}

BOOST_AUTO_TEST_CASE(a_host_with_nothing_but_the_vip_asks_in_no_name) {
    pair.left.shell("ip addr flush dev veth0 && ip addr add 10.77.0.100/24 dev veth0");
    start();
    std::vector<wire::ArpMessage> heard;
    BOOST_REQUIRE(runs_until([&] { return !(heard = asked()).empty(); }));
    BOOST_TEST(to_text(heard.front().sender_ip) == "0.0.0.0");
}

BOOST_AUTO_TEST_CASE(only_a_reply_to_this_host_says_that_the_gateway_hears_it) {
    start(gateway, 1h); // one question, which stays open
    for (const auto form : {wire::ArpOperation::reply, wire::ArpOperation::request}) {
        send(wire::encode_arp_announcement(form, parse_ip(gateway).value(), right_mac));
    }
    pair.right.shell("ip addr add 10.77.0.254/24 dev veth1");
    send(wire::encode_arp_question(parse_ip("10.77.0.1").value(), IpAddress{}, right_mac)); // read after the others
    probe();
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered, 2));
    BOOST_TEST(checks.empty());
}

BOOST_AUTO_TEST_CASE(a_gateway_elsewhere_is_asked_by_echo_as_soon_as_there_is_a_way) {
    start("10.78.0.9");
    BOOST_TEST(runs_until([&] { return reached(false) >= 2; }));
    pair.right.shell("ip addr add 10.77.0.2/24 dev veth1 && ip addr add 10.78.0.9/32 dev lo");
    pair.left.shell("ip route add 10.78.0.9 via 10.77.0.2 dev veth0");
    BOOST_TEST(runs_until([&] { return reached(true) >= 3; }));
    // Another address of its own: the socket that was bound to the old one is of no use any more.
    pair.left.shell("ip addr flush dev veth0 && ip addr add 10.77.0.7/24 dev veth0 && "
                    "ip route add 10.78.0.9 via 10.77.0.2 dev veth0");
    checks.clear();
    BOOST_TEST(runs_until([&] { return reached(true) >= 3; }));
}

BOOST_AUTO_TEST_CASE(nobody_has_the_vip_then_somebody_then_nobody) {
    start();
    const Instant began = boot_now();
    probe();
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered));
    BOOST_TEST((boot_now() - began >= 60ms)); // each had its time for an answer
    BOOST_TEST(probed(ProbeOutcome::answered) == 0U);
    const auto questions = asked();
    for (const auto& question : questions) {
        if (to_text(question.target_ip) == vip) {
            BOOST_TEST(question.is_probe());
        }
    }
    pair.right.shell("ip addr add 10.77.0.100/24 dev veth1");
    BOOST_TEST(runs_until_probed(ProbeOutcome::answered));
    probes.clear();
    BOOST_TEST(runs_until_probed(ProbeOutcome::answered, 5));
    BOOST_TEST(probed(ProbeOutcome::unanswered) == 0U);
    pair.right.shell("ip addr del 10.77.0.100/24 dev veth1");
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered));
}

BOOST_AUTO_TEST_CASE(another_one_that_asks_is_a_rival) {
    start();
    probe();
    send(wire::encode_arp_question(parse_ip(vip).value(), IpAddress{}, right_mac));
    BOOST_TEST(runs_until_probed(ProbeOutcome::rival, 1));
    probes.clear();
    send(wire::encode_arp_question(parse_ip(vip).value(), parse_ip("10.77.0.9").value(), right_mac)); // a client
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered));
    BOOST_TEST(probed(ProbeOutcome::rival) == 0U);
}

BOOST_AUTO_TEST_CASE(what_another_interface_of_this_host_says_is_not_foreign) {
    pair.left.shell("ip link add veth8 address 02:00:5e:00:53:03 type veth peer name veth9");
    const MacAddress second = parse_mac("02:00:5e:00:53:03").value();
    start();
    probe();
    send(wire::encode_arp_announcement(wire::ArpOperation::request, parse_ip(vip).value(), second));
    send(wire::encode_arp_question(parse_ip(vip).value(), IpAddress{}, second));
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered));
    BOOST_TEST(probes.size() == probed(ProbeOutcome::unanswered));
    send(wire::encode_arp_announcement(wire::ArpOperation::request, parse_ip(vip).value(), right_mac));
    BOOST_TEST(runs_until_probed(ProbeOutcome::answered, 1));
}

BOOST_AUTO_TEST_CASE(what_was_not_sent_is_no_question) {
    start();
    probe();
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered, 1));
    pair.left.shell("ip link set dev veth0 down");
    const Instant down = boot_now();
    checks.clear();
    BOOST_TEST(runs_until([&] { return reached(false) >= 5; }));
    BOOST_TEST(std::ranges::none_of(probes, [&](const auto& each) { return each.asked_at > down; }));
    pair.left.shell("ip link set dev veth0 up");
    probes.clear();
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered));
}

BOOST_AUTO_TEST_CASE(stopped_it_asks_no_more_and_tells_nothing) {
    start();
    probe();
    BOOST_TEST(runs_until_probed(ProbeOutcome::unanswered, 1));
    prober->stop_probing();
    static_cast<void>(asked());
    probes.clear();
    checks.clear();
    BOOST_TEST(runs_until([&] { return reached(false) >= 5; }));
    BOOST_TEST(probes.empty());
    BOOST_TEST(std::ranges::none_of(asked(), [](const auto& each) { return to_text(each.target_ip) == vip; }));
}

BOOST_AUTO_TEST_SUITE_END()
