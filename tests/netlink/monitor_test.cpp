// What the monitor says while `ip` changes the network, and what it knows after the kernel's news were lost.
#include "belay/netlink/monitor.hpp"

#include "belay/netlink/addresses.hpp"
#include "namespace.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <sys/socket.h>

using namespace belay;
using namespace belay::netlink;
using namespace belay::vip;
using belay::testing::eventually;
using belay::testing::Pair;

namespace {

struct Fixture {
    Fixture() {
        pair.left.run([&] { monitor.emplace(Monitor::open().value()); });
        BOOST_REQUIRE(until([&] { return veth() != nullptr && veth()->carrier; }));
        seen.clear();
    }

    /// Takes in news until `met`; every change lands in `seen`.
    bool until(const std::function<bool()>& met) {
        return eventually(
            [&] {
                const auto changes = monitor->receive().value();
                seen.insert(seen.end(), changes.begin(), changes.end());
                return met();
            },
            monitor->fd());
    }

    const Link* veth() const { return monitor->find_link("veth0"); }

    bool has(const char* prefix) const {
        const auto wanted = parse_prefix(prefix).value();
        const Host host = monitor->host();
        return std::ranges::find(host.addresses, wanted, &Address::prefix) != host.addresses.end();
    }

    template <typename T>
    std::vector<T> all_seen() const {
        std::vector<T> out;
        for (const Change& change : seen) {
            if (const T* const entry = std::get_if<T>(&change)) {
                out.push_back(*entry);
            }
        }
        return out;
    }

    Pair pair;
    std::optional<Monitor> monitor;
    std::vector<Change> seen;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(monitor, Fixture)

BOOST_AUTO_TEST_CASE(the_first_picture_is_complete) {
    pair.left.run([&] { monitor.emplace(Monitor::open().value()); });
    BOOST_REQUIRE(veth() != nullptr);
    BOOST_TEST(pair.left.output("ip -o link show veth0").find(to_text(veth()->mac)) != std::string::npos);
    BOOST_TEST(monitor->find_link(veth()->index) == veth());
    BOOST_TEST(monitor->find_link("eth9") == nullptr);
    BOOST_TEST(has("127.0.0.1/8"));
    BOOST_TEST(has("::1/128"));
    BOOST_TEST(monitor->receive().value().empty());
}

BOOST_AUTO_TEST_CASE(addresses_come_and_go) {
    pair.left.shell("ip addr add 10.77.0.9/24 dev veth0 && ip addr add fd77::9/64 dev veth0 nodad");
    BOOST_TEST(until([&] { return has("10.77.0.9/24") && has("fd77::9/64"); }));
    BOOST_TEST(all_seen<AddressChanged>().front().address.ifindex == veth()->index);
    pair.left.shell("ip addr del 10.77.0.9/24 dev veth0");
    BOOST_TEST(until([&] { return !has("10.77.0.9/24"); }));
    BOOST_TEST(to_text(all_seen<AddressGone>().back().address.prefix) == "10.77.0.9/24");
    BOOST_TEST(has("fd77::9/64"));
    BOOST_TEST(all_seen<Resynced>().empty());
}

BOOST_AUTO_TEST_CASE(our_mark_is_seen) {
    pair.left.run([&] {
        const AddressSpec spec{
            .ifindex = veth()->index, .interface = "veth0", .prefix = parse_prefix("10.77.0.9/24").value()};
        static_cast<void>(Addresses::open().value().add(std::span(&spec, 1), std::chrono::seconds(1)));
    });
    BOOST_TEST(until([&] { return has("10.77.0.9/24"); }));
    BOOST_TEST(all_seen<AddressChanged>().back().address.mark == own_mark);
    BOOST_TEST(monitor->host().marks_addresses);
}

BOOST_AUTO_TEST_CASE(carrier_goes_with_the_other_end_and_comes_back) {
    pair.right.shell("ip link set dev veth1 down");
    BOOST_TEST(until([&] { return !veth()->carrier; }));
    BOOST_TEST(veth()->up);
    pair.right.shell("ip link set dev veth1 up");
    BOOST_TEST(until([&] { return veth()->carrier; }));
    pair.left.shell("ip link set dev veth0 down");
    BOOST_TEST(until([&] { return !veth()->up; }));
    BOOST_TEST(!veth()->carrier);
}

BOOST_AUTO_TEST_CASE(a_renamed_link_keeps_its_index) {
    const int index = veth()->index;
    pair.left.shell("ip link set dev veth0 down && ip link set dev veth0 name front && ip link set dev front up");
    BOOST_TEST(until([&] { return monitor->find_link("front") != nullptr; }));
    BOOST_TEST(veth() == nullptr);
    BOOST_TEST(monitor->find_link("front")->index == index);
    BOOST_TEST(all_seen<LinkGone>().empty());
}

BOOST_AUTO_TEST_CASE(another_mac_address_is_told) {
    pair.left.shell("ip link set dev veth0 address 02:00:5e:00:53:77");
    BOOST_TEST(until([&] { return to_text(veth()->mac) == "02:00:5e:00:53:77"; }));
}

BOOST_AUTO_TEST_CASE(a_link_made_again_has_another_index_and_no_addresses) {
    const int old_index = veth()->index;
    pair.left.shell("ip addr add 10.77.0.9/24 dev veth0");
    BOOST_REQUIRE(until([&] { return has("10.77.0.9/24"); }));
    pair.left.shell("ip link del dev veth0");
    BOOST_TEST(until([&] { return veth() == nullptr; }));
    BOOST_TEST(!has("10.77.0.9/24"));
    BOOST_REQUIRE(all_seen<LinkGone>().size() == 1U);
    BOOST_TEST(all_seen<LinkGone>().front().link.index == old_index);
    pair.left.shell("ip link add name veth0 index 4711 type veth peer name veth9");
    BOOST_TEST(until([&] { return veth() != nullptr; }));
    BOOST_TEST(veth()->index == 4711);
}

BOOST_AUTO_TEST_CASE(leaving_a_bridge_is_not_the_end_of_a_link) {
    pair.left.shell("ip link add name br0 type bridge && ip link set dev veth0 master br0");
    BOOST_REQUIRE(until([&] { return monitor->find_link("br0") != nullptr; }));
    pair.left.shell("ip link set dev veth0 nomaster && ip link add name last type veth peer name other");
    BOOST_TEST(until([&] { return monitor->find_link("last") != nullptr; }));
    BOOST_TEST(veth() != nullptr);
    BOOST_TEST(all_seen<LinkGone>().empty());
}

BOOST_AUTO_TEST_CASE(after_lost_news_everything_is_read_again) {
    pair.left.shell("ip addr add 10.77.0.9/24 dev veth0");
    BOOST_REQUIRE(until([&] { return has("10.77.0.9/24"); }));
    seen.clear();
    const int tiny = 2048;
    BOOST_REQUIRE(::setsockopt(monitor->fd(), SOL_SOCKET, SO_RCVBUFFORCE, &tiny, sizeof(tiny)) == 0);
    std::vector<AddressSpec> specs;
    for (int number = 1; number <= 200; ++number) {
        specs.push_back({.ifindex = veth()->index,
                         .interface = "veth0",
                         .prefix = parse_prefix(fmt::format("10.77.1.{}/32", number)).value()});
    }
    pair.left.run([&] {
        auto acting = Addresses::open().value();
        static_cast<void>(acting.add(specs, std::chrono::seconds(5)));
        static_cast<void>(acting.remove(std::span(specs).first(50), std::chrono::seconds(5)));
    });
    pair.left.shell("ip addr del 10.77.0.9/24 dev veth0");
    BOOST_TEST(until([&] { return !all_seen<Resynced>().empty(); }));
    BOOST_TEST(!has("10.77.0.9/24")); // a deletion that nobody told is found
    BOOST_TEST(!has("10.77.1.50/32"));
    BOOST_TEST(has("10.77.1.51/32"));
    BOOST_TEST(has("10.77.1.200/32"));
    BOOST_TEST(to_text(all_seen<AddressGone>().back().address.prefix) == "10.77.0.9/24");
    seen.clear();
    pair.left.shell("ip addr del 10.77.1.200/32 dev veth0");
    BOOST_TEST(until([&] { return !has("10.77.1.200/32"); })); // and news are believed again
    BOOST_TEST(all_seen<Resynced>().empty());
}

BOOST_AUTO_TEST_SUITE_END()
