#include "belay/cli/render.hpp"
#include "sample.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay::cli;
using namespace belay::cli::testing;

namespace {

/// The part above the details: what is read first.
std::string top_of(const json& status) {
    const std::string text = render_status(status, {});
    return text.substr(0, text.find("\n\n") + 1);
}

void silence(json& node, int age_ms) {
    node["role"] = "down";
    node["eligible"] = false;
    node["last_heard_ms"] = age_ms;
    for (json& channel : node["channels"]) {
        channel["up"] = false;
        channel["last_heard_ms"] = age_ms;
    }
}

std::size_t widest_line(const std::string& text) {
    std::size_t widest = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        widest = std::max(widest, width_of(std::string_view(text).substr(begin, end - begin)));
        begin = end + 1;
    }
    return widest;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_render_status)

BOOST_AUTO_TEST_CASE(healthy_seen_from_the_active) {
    BOOST_TEST(render_status(healthy_active(), {}) == R"(OK: this node, alpha, serves 2 VIPs; all is well

Node     alpha of cluster pgha, belayd 0.1.0
Role     active for 3 h 12 min, term 117019302001
Why      won the election with 3 of 3 votes
Lease    412 ms left
Quorum   3 of 3 nodes heard, 2 needed
Service  process, healthy: pid 4711

NODE     ROLE     ELIGIBLE  PRIORITY  HEARD   CHANNELS   INFO
alpha    active   yes       100       (this)  -          -
bravo    standby  yes       100       42 ms   2 of 2 up  yes
charlie  standby  yes       100       42 ms   2 of 2 up  yes

VIP   ADDRESS         INTERFACE  HERE
main  10.77.0.100/24  eth0       yes
six   fd77::100/64    eth0       yes
)");
}

BOOST_AUTO_TEST_CASE(healthy_seen_from_a_standby) {
    BOOST_TEST(render_status(healthy_standby(), {}) ==
               R"(OK: alpha serves 2 VIPs; this node, bravo, is standby; all is well

Node     bravo of cluster pgha, belayd 0.1.0
Role     standby for 3 h 12 min, term 117019302001
Why      heard the active node alpha
Quorum   3 of 3 nodes heard, 2 needed
Service  process, healthy: pid 4711

NODE     ROLE     ELIGIBLE  PRIORITY  HEARD   CHANNELS   INFO
alpha    active   yes       100       42 ms   2 of 2 up  yes
bravo    standby  yes       100       (this)  -          -
charlie  standby  yes       100       42 ms   2 of 2 up  yes

VIP   ADDRESS         INTERFACE  HERE
main  10.77.0.100/24  eth0       no
six   fd77::100/64    eth0       no
)");
}

BOOST_AUTO_TEST_CASE(node_down) {
    json status = healthy_active();
    silence(status["nodes"][2], 125'000);
    status["quorum"]["heard"] = 2;
    BOOST_TEST(render_status(status, {}) == R"(WARNING: this node, alpha, serves 2 VIPs; 1 problem:
  * charlie is down: not heard for 2 min
    -> look at that host and its network; there: systemctl status belayd

Node     alpha of cluster pgha, belayd 0.1.0
Role     active for 3 h 12 min, term 117019302001
Why      won the election with 3 of 3 votes
Lease    412 ms left
Quorum   2 of 3 nodes heard, 2 needed: not one more may fail
Service  process, healthy: pid 4711

NODE     ROLE     ELIGIBLE  PRIORITY  HEARD   CHANNELS   INFO
alpha    active   yes       100       (this)  -          -
bravo    standby  yes       100       42 ms   2 of 2 up  yes
charlie  down     no        100       2 min   0 of 2 up  yes

VIP   ADDRESS         INTERFACE  HERE
main  10.77.0.100/24  eth0       yes
six   fd77::100/64    eth0       yes
)");
}

BOOST_AUTO_TEST_CASE(a_vip_that_a_foreign_host_has) {
    json status = healthy_active();
    take_vip(status["vips"][0]);
    BOOST_TEST(top_of(status) == R"(CRITICAL: this node, alpha, serves only 1 of 2 VIPs; 1 problem:
  * VIP main (10.77.0.100/24 on eth0) is not served: the foreign host
    02:00:5e:00:53:01 on eth0 uses it; it is asked for again each second
    -> find the host with the MAC address 02:00:5e:00:53:01 and take the address
       from it
)");
}

BOOST_AUTO_TEST_CASE(a_vip_that_is_served_and_claimed_by_a_foreign_host_too) {
    json status = healthy_active();
    json& vip = status["vips"][0];
    take_vip(vip);
    vip["present"] = true;
    vip["problem"] = "the foreign host 02:00:5e:00:53:01 on eth0 claims it too";
    vip["conflict"]["kind"] = "claimed";
    BOOST_TEST(top_of(status) == R"(WARNING: this node, alpha, serves 2 VIPs; 1 problem:
  * VIP main (10.77.0.100/24 on eth0): the foreign host 02:00:5e:00:53:01 on
    eth0 claims it too
    -> find the host with the MAC address 02:00:5e:00:53:01 and take the address
       from it
)");
}

BOOST_AUTO_TEST_CASE(colours_mark_the_grade_and_what_is_odd) {
    json status = healthy_active();
    silence(status["nodes"][2], 125'000);
    const std::string text = render_status(status, {.colour = true});
    BOOST_TEST(text.starts_with("\x1b[33mWARNING\x1b[0m: this node, alpha, serves 2 VIPs; 1 problem:\n"));
    BOOST_TEST(text.contains("charlie  \x1b[1;31mdown\x1b[0m     \x1b[33mno\x1b[0m        100"));
    BOOST_TEST(render_status(healthy_active(), {.colour = true}).starts_with("\x1b[32mOK\x1b[0m: "));
}

BOOST_AUTO_TEST_CASE(refused_node) {
    json status = healthy_active();
    json& bravo = status["nodes"][1];
    bravo["role"] = "refused";
    bravo["eligible"] = false;
    bravo["problem"] = "its VIP list differs: here main, six; there main";
    const std::string expected = R"(WARNING: this node, alpha, serves 2 VIPs; 1 problem:
  * bravo is refused: its VIP list differs: here main, six; there main
    -> make its belay.ini and key the same as here, then there: systemctl
       restart belayd
)";
    BOOST_TEST(top_of(status) == expected);
    bravo["info"] = {{"connected", false}, {"refusal", bravo["problem"]}};
    bravo["problem"] = nullptr;
    BOOST_TEST(top_of(status) == expected);
}

BOOST_AUTO_TEST_CASE(a_witness_does_not_count_the_vips_of_others) {
    json status = healthy_standby();
    status["vips"] = json::array();
    BOOST_TEST(top_of(status).starts_with("OK: alpha serves the VIPs; this node, bravo, is standby; all is well\n"));
}

BOOST_AUTO_TEST_CASE(this_node_refused) {
    json status = healthy_standby();
    status["role"] = "refused";
    status["reason"] = "alpha has another cluster name: pgha2";
    status["eligible"] = false;
    BOOST_TEST(top_of(status) == R"(WARNING: alpha serves 2 VIPs; 1 problem:
  * this node, bravo, is refused: alpha has another cluster name: pgha2
    -> make its belay.ini and key the same as on the other nodes, then:
       systemctl restart belayd
)");
}

BOOST_AUTO_TEST_CASE(one_of_two_vips_missing) {
    json status = healthy_active();
    status["vips"][1]["present"] = false;
    status["vips"][1]["problem"] = "the kernel refuses it: No such device";
    BOOST_TEST(top_of(status) == R"(CRITICAL: this node, alpha, serves only 1 of 2 VIPs; 1 problem:
  * VIP six (fd77::100/64 on eth0) is not here, though this node is active: the
    kernel refuses it: No such device
    -> look at: ip address show dev eth0; journalctl -u belayd
)");
}

BOOST_AUTO_TEST_CASE(worst_comes_first) {
    json status = healthy_active();
    status["vips"][0]["problem"] = "somebody else announces it";
    status["vips"][1]["present"] = false;
    const std::string top = top_of(status);
    BOOST_TEST(top.starts_with("CRITICAL: "));
    BOOST_TEST(top.find("  * VIP six") < top.find("  * VIP main"));
}

BOOST_AUTO_TEST_CASE(vip_where_it_must_not_be) {
    json status = healthy_standby();
    status["vips"][0]["present"] = true;
    BOOST_TEST(top_of(status) == R"(CRITICAL: alpha serves 2 VIPs; 1 problem:
  * VIP main (10.77.0.100/24 on eth0) is here, though this node is not active
    -> if nobody needs it here: ip address del 10.77.0.100/24 dev eth0
)");
}

BOOST_AUTO_TEST_CASE(maintenance) {
    json status = healthy_standby();
    status["maintenance"] = {{"on", true}, {"remaining_ms", 720'000}};
    status["eligible"] = false;
    status["ineligible_reason"] = "in maintenance";
    BOOST_TEST(top_of(status) == R"(WARNING: alpha serves 2 VIPs; 1 problem:
  * this node, bravo, is in maintenance for 12 min more and will not be chosen
    -> when the work is done: belay maintenance off
)");
    status["maintenance"]["remaining_ms"] = nullptr;
    BOOST_TEST(top_of(status).contains("  * this node, bravo, is in maintenance and will not be chosen\n"));
}

BOOST_AUTO_TEST_CASE(cut_off_node_does_not_claim_to_know) {
    json status = healthy_standby();
    status["holder"] = nullptr;
    status["quorum"]["heard"] = 1;
    silence(status["nodes"][0], 8200);
    silence(status["nodes"][2], 8300);
    BOOST_TEST(top_of(status) ==
               R"(CRITICAL: this node, bravo, hears no majority and knows nobody who serves 2
VIPs; 3 problems:
  * only 1 of 3 nodes are heard here, and 2 are needed
    -> ask on another node too: belay status; bring the network of this host, or
       the other nodes, back
  * alpha is down: not heard for 8.2 s
    -> look at that host and its network; there: systemctl status belayd
  * charlie is down: not heard for 8.3 s
    -> look at that host and its network; there: systemctl status belayd
)");
}

BOOST_AUTO_TEST_CASE(nobody_serves_though_a_majority_is_there) {
    json status = healthy_standby();
    status["holder"] = nullptr;
    BOOST_TEST(top_of(status) == R"(CRITICAL: nobody serves 2 VIPs; 1 problem:
  * no node serves the VIPs; an election should be under way
    -> ask again in a few seconds; if it stays so: belay events, journalctl -u
       belayd
)");
    for (json& node : status["nodes"]) {
        node["eligible"] = false;
        node["problem"] = "service not healthy";
    }
    status["eligible"] = false;
    status["ineligible_reason"] = "service not healthy: pid file missing";
    status["service"] = {{"type", "process"}, {"healthy", false}, {"detail", "pid file missing"}};
    BOOST_TEST(top_of(status) == R"(CRITICAL: nobody serves 2 VIPs; 4 problems:
  * no node serves the VIPs: none is eligible
    -> repair one of those that follow
  * this node, bravo, is not eligible: service not healthy: pid file missing
    -> repair that; until then it will not be chosen
  * alpha is not eligible: service not healthy
    -> ask on that host: belay status
  * charlie is not eligible: service not healthy
    -> ask on that host: belay status
)");
    status["role"] = "joining";
    BOOST_TEST(top_of(status).contains("  * no node serves the VIPs; this one is still joining\n"));
}

BOOST_AUTO_TEST_CASE(parts_that_fail_alone) {
    json status = healthy_active();
    status["nodes"][1]["channels"][1]["up"] = false;
    status["nodes"][1]["channels"][1]["last_heard_ms"] = nullptr;
    status["nodes"][2]["info"] = {{"connected", false}, {"refusal", "wrong key"}};
    status["service"]["healthy"] = false;
    status["service"]["detail"] = "no process with pid 4711";
    status["warnings"] = json::array({"2 datagrams with a bad MAC in the last minute"});
    BOOST_TEST(top_of(status) == R"(WARNING: this node, alpha, serves 2 VIPs; 4 problems:
  * the service here is not healthy: no process with pid 4711
    -> repair or start it; until then this node will not be chosen
  * channel 2 to bravo (10.78.0.1:7940 -> 10.78.0.2:7940) is silent ever since
    belayd started here
    -> check that network and its firewalls; the other channels carry on
  * the info channel to charlie is not connected: wrong key
    -> check that TCP to its info address passes; the election does not need it
  * 2 datagrams with a bad MAC in the last minute
)");
}

BOOST_AUTO_TEST_CASE(stopped_node_is_told_from_a_lost_one) {
    json status = healthy_active();
    silence(status["nodes"][2], 125'000);
    status["nodes"][2]["problem"] = "it was stopped";
    BOOST_TEST(top_of(status).contains("  * charlie is down: it was stopped; not heard for 2 min\n"));
}

BOOST_AUTO_TEST_CASE(what_belongs_to_a_start_is_no_problem) {
    json status = healthy_standby();
    status["role"] = "joining";
    status["eligible"] = false;
    status["ineligible_reason"] = "abstaining";
    status["service"] = {{"type", "none"}, {"healthy", false}, {"detail", "it was not checked yet"}};
    status["nodes"][2]["channels"][0]["up"] = false;
    status["nodes"][2]["channels"][0]["state"] = "unheard";
    BOOST_TEST(top_of(status) == "OK: alpha serves 2 VIPs; this node, bravo, is joining; all is well\n");
    status["nodes"][2]["channels"][0]["state"] = "down";
    BOOST_TEST(top_of(status).starts_with("WARNING: "));
}

BOOST_AUTO_TEST_CASE(witness_is_not_expected_to_be_eligible) {
    json own = healthy_standby();
    own["nodes"][1]["kind"] = "witness";
    own["eligible"] = false;
    own["ineligible_reason"] = "a witness only votes";
    BOOST_TEST(top_of(own).starts_with("OK: "));

    json status = healthy_active();
    status["nodes"][2]["kind"] = "witness";
    status["nodes"][2]["eligible"] = false;
    const std::string text = render_status(status, {});
    BOOST_TEST(text.starts_with("OK: "));
    BOOST_TEST(text.contains("charlie  standby  witness   100       42 ms   2 of 2 up  yes\n"));
}

BOOST_AUTO_TEST_CASE(missing_and_odd_parts_do_no_harm) {
    BOOST_TEST(render_status(json::object(), {}).starts_with("CRITICAL: nobody serves the VIPs; 1 problem:\n"));
    const json whole = healthy_active();
    for (const auto& [key, value] : whole.items()) {
        for (const json& odd : {json(nullptr), json(7), json("text"), json::array({1, nullptr}), json::object()}) {
            json status = whole;
            status[key] = odd;
            BOOST_TEST(render_status(status, {}).ends_with('\n'), key);
        }
        json without = whole;
        without.erase(key);
        BOOST_TEST(render_status(without, {}).ends_with('\n'), key);
    }
    json hostile = whole;
    hostile["nodes"][1]["problem"] = "\x1b]0;owned\x07";
    BOOST_TEST(!render_status(hostile, {}).contains('\x1b'));
}

BOOST_AUTO_TEST_CASE(eighty_columns_hold_long_names_too) {
    json status = healthy_active();
    status["vips"][0] = vip("a-rather-long-name-of-a-vip", "fd77:1111:2222:3333:4444:5555:6666:7777/128", "enp0s31f6");
    status["reason"] = "won the election with 3 of 3 votes after bravo had fallen silent and its promises had run out";
    status["nodes"][1]["name"] = "a-node-with-a-very-long-name-indeed.example.net";
    status["nodes"][1]["problem"] = "something is odd with this node, and it takes many words to say what it is";
    BOOST_TEST(widest_line(render_status(status, {})) <= 80U);
}

BOOST_AUTO_TEST_CASE(the_fence_has_a_line) {
    nlohmann::json status = healthy_active();
    const auto line = [&] {
        const std::string text = render_status(status, {});
        const std::size_t begin = text.find("Fence ");
        return begin == std::string::npos ? std::string() : text.substr(begin, text.find('\n', begin) - begin);
    };
    status["fence"] = {{"kind", "nftables"}, {"armed_ms", 470}};
    BOOST_TEST(line() == "Fence    nftables, open for 470 ms more");
    status["fence"]["armed_ms"] = nullptr;
    BOOST_TEST(line() == "Fence    nftables, closed");
    status["fence"]["kind"] = "off";
    BOOST_TEST(line() == "Fence    off: the kernel does not silence a daemon that hangs");
}

BOOST_AUTO_TEST_SUITE_END()
