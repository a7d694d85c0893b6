// Adding and removing in a real kernel, looked at from outside with `ip`.
#include "belay/netlink/addresses.hpp"

#include "namespace.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <optional>
#include <sys/capability.h>

using namespace belay;
using namespace belay::netlink;
using namespace belay::vip;
using belay::testing::Pair;
using namespace std::chrono_literals;
using Kind = AddressOutcome::Kind;

namespace {

constexpr Duration timeout = std::chrono::seconds(5);

struct Fixture {
    Fixture() {
        pair.left.run([&] { addresses.emplace(Addresses::open().value()); });
        index = std::stoi(pair.left.output("cat /sys/class/net/veth0/ifindex 2>/dev/null || "
                                           "ip -o link show veth0 | cut -d: -f1"));
    }

    AddressSpec spec(const std::string& prefix) const {
        return {.ifindex = index, .interface = "veth0", .prefix = parse_prefix(prefix).value()};
    }

    /// Half of them IPv4 /24, half IPv6 /128, taking turns.
    std::vector<AddressSpec> many(int count) const {
        std::vector<AddressSpec> specs;
        for (int number = 0; number < count / 2; ++number) {
            specs.push_back(spec(fmt::format("10.77.{}.{}/24", number / 250, 1 + (number % 250))));
            specs.push_back(spec(fmt::format("fd77::{:x}", 0x100 + number)));
        }
        return specs;
    }

    std::vector<Kind> add(const std::vector<AddressSpec>& specs) {
        std::vector<Kind> kinds;
        for (const AddressOutcome& outcome : last = addresses->add(specs, timeout)) {
            kinds.push_back(outcome.kind);
        }
        return kinds;
    }

    std::vector<Kind> remove(const std::vector<AddressSpec>& specs) {
        std::vector<Kind> kinds;
        for (const AddressOutcome& outcome : last = addresses->remove(specs, timeout)) {
            kinds.push_back(outcome.kind);
        }
        return kinds;
    }

    /// What the kernel has on veth0 now, link-local ones left out.
    std::vector<Address> present() {
        std::vector<Address> on_veth;
        const auto everything = addresses->dump(timeout).value();
        for (const Address& address : everything) {
            if (address.ifindex == index && !address.prefix.address.is_link_local_v6()) {
                on_veth.push_back(address);
            }
        }
        return on_veth;
    }

    Pair pair;
    std::optional<Addresses> addresses;
    int index = 0;
    std::vector<AddressOutcome> last;
};

bool all(const std::vector<Kind>& kinds, Kind kind) {
    return !kinds.empty() && std::ranges::all_of(kinds, [=](Kind entry) { return entry == kind; });
}

bool same(const std::vector<Kind>& kinds, std::initializer_list<Kind> expected) {
    return kinds == std::vector<Kind>(expected);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(addresses, Fixture)

BOOST_AUTO_TEST_CASE(a_hundred_come_and_go_in_one_batch) {
    const auto specs = many(100);
    BOOST_TEST(all(add(specs), Kind::done));
    BOOST_TEST(present().size() == 100U);
    const std::string seen = pair.left.output("ip -o addr show dev veth0");
    BOOST_TEST(seen.find("10.77.0.50/24 scope global") != std::string::npos);
    BOOST_TEST(seen.find("fd77::131/128 scope global nodad deprecated") != std::string::npos);
    BOOST_TEST(all(remove(specs), Kind::done) == false); // secondaries go with their primary
    BOOST_TEST(present().empty());
}

BOOST_AUTO_TEST_CASE(more_than_one_window_keeps_every_answer_apart) {
    auto specs = many(300);
    specs[7].ifindex = 4711;
    specs[290].ifindex = 4711;
    const auto kinds = add(specs);
    for (std::size_t position = 0; position < specs.size(); ++position) {
        const bool bad = position == 7 || position == 290;
        BOOST_REQUIRE((kinds[position] == (bad ? Kind::refused : Kind::done)));
    }
    BOOST_TEST(present().size() == 298U);
}

BOOST_AUTO_TEST_CASE(an_address_with_a_lifetime_goes_by_itself_unless_it_is_refreshed) {
    const std::vector<AddressSpec> mortal{spec("10.77.0.9/24"), spec("fd77::9")};
    const std::vector<AddressSpec> refreshed{spec("10.77.1.9/24"), spec("fd77::109")};
    for (const auto& specs : {mortal, refreshed}) {
        for (const AddressOutcome& outcome : addresses->add(specs, timeout, 1s)) {
            BOOST_TEST((outcome.kind == Kind::done));
        }
    }
    BOOST_TEST(pair.left.output("ip addr show dev veth0").find("valid_lft 1sec") != std::string::npos);
    const auto refresh = [&] {
        return std::ranges::all_of(addresses->refresh(refreshed, timeout, 2s),
                                   [](const AddressOutcome& outcome) { return outcome.kind == Kind::done; });
    };
    BOOST_TEST(testing::eventually([&] { return refresh() && present().size() == refreshed.size(); }));
    for (const Address& address : present()) {
        BOOST_TEST(address.mark == own_mark, to_text(address.prefix)); // the refresh kept all that it was added with
        BOOST_TEST(address.deprecated == address.prefix.address.is_v6());
        BOOST_TEST(!address.tentative);
    }
    BOOST_TEST(testing::eventually([&] { return present().empty(); }));
}

BOOST_AUTO_TEST_CASE(what_is_there_is_not_taken_for_success) {
    pair.left.shell("ip addr add 10.77.0.9/24 dev veth0 && ip addr add fd77::9/128 dev veth0");
    BOOST_TEST(same(add({spec("10.77.0.9/24"), spec("10.77.0.10/24"), spec("fd77::9")}),
                    {Kind::already_there, Kind::done, Kind::already_there}));
    for (const Address& address : present()) {
        const bool is_vip = to_text(address.prefix) == "10.77.0.10/24";
        BOOST_TEST(address.mark == (is_vip ? own_mark : 0), to_text(address.prefix));
    }
}

BOOST_AUTO_TEST_CASE(what_is_gone_is_told_apart_from_removed) {
    static_cast<void>(add({spec("10.77.0.9/24")}));
    AddressSpec no_link = spec("10.77.0.8/24");
    no_link.ifindex = 4711;
    BOOST_TEST(same(remove({spec("10.77.0.9/24"), spec("10.77.0.9/24"), spec("fd77::9"), no_link}),
                    {Kind::done, Kind::already_gone, Kind::already_gone, Kind::already_gone}));
}

BOOST_AUTO_TEST_CASE(the_prefix_length_must_fit_to_remove) {
    static_cast<void>(add({spec("10.77.0.9/24"), spec("fd77::9/64")}));
    BOOST_TEST(all(remove({spec("10.77.0.9/32"), spec("fd77::9/128")}), Kind::already_gone));
    BOOST_TEST(present().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_refusal_names_address_interface_and_the_kernels_words) {
    pair.left.sysctl("ipv6/conf/veth0/disable_ipv6", "1");
    AddressSpec no_link{.ifindex = 4711, .interface = "eth9", .prefix = parse_prefix("10.77.0.1/24").value()};
    AddressSpec multicast = spec("ff02::77");
    BOOST_TEST(same(add({spec("fd77::1"), no_link, spec("10.77.0.7/32"), multicast}),
                    {Kind::refused, Kind::refused, Kind::done, Kind::refused}));
    BOOST_TEST(last[0].error.text ==
               "cannot add fd77::1/128 to veth0: Permission denied (ipv6: IPv6 is disabled on this device)");
    BOOST_TEST(last[0].error.code == EACCES);
    BOOST_TEST(last[1].error.text == "cannot add 10.77.0.1/24 to eth9: No such device (ipv4: Device not found)");
    BOOST_TEST(last[1].error.code == ENODEV);
    BOOST_TEST(last[3].error.text.starts_with("cannot add ff02::77/128 to veth0: "));
}

BOOST_AUTO_TEST_CASE(without_the_right_it_says_so) {
    pair.left.run([&] { // in a thread of its own: effective capabilities belong to threads
        cap_t none = ::cap_init();
        ::cap_set_proc(none);
        ::cap_free(none);
        addresses.emplace(Addresses::open().value());
        BOOST_TEST(same(add({spec("10.77.0.9/24")}), {Kind::refused}));
    });
    BOOST_TEST(last[0].error.text == "cannot add 10.77.0.9/24 to veth0: Operation not permitted");
    BOOST_TEST(present().empty()); // looking needs no right
}

BOOST_AUTO_TEST_CASE(an_ipv6_vip_is_usable_at_once_and_no_source) {
    pair.left.shell("ip addr add fd77::1/64 dev veth0 nodad");
    static_cast<void>(add({spec("fd77::100/128"), spec("fd77::2/64")}));
    for (const Address& address : present()) {
        BOOST_TEST(!address.tentative);
        BOOST_TEST(address.deprecated == (address.mark == own_mark));
    }
    // fd77::2 is nearer to the destination than fd77::1, and would be chosen if it were not deprecated.
    const std::string route = pair.left.output("ip -6 route get fd77::3");
    BOOST_TEST(route.find("src fd77::1 ") != std::string::npos, route);
}

BOOST_AUTO_TEST_CASE(a_removed_primary_takes_its_secondaries_along_as_the_planner_says) {
    BOOST_TEST(
        all(add({spec("10.77.0.5/24"), spec("10.77.0.6/24"), spec("10.77.0.7/32"), spec("10.77.1.8/24")}), Kind::done));
    Host host{.links = {{.index = index, .name = "veth0", .up = true, .carrier = true, .mac = {}}},
              .addresses = present(),
              .marks_addresses = true};
    std::vector<Vip> vips;
    for (const char* prefix : {"10.77.0.6/24", "10.77.0.7/32", "10.77.1.8/24"}) {
        vips.push_back({.name = prefix, .prefix = parse_prefix(prefix).value(), .interface = "veth0"});
    }
    const Plan plan = make_plan(Goal::hold, vips, host);
    BOOST_REQUIRE(plan.to_remove.size() == 1U);
    BOOST_TEST(all(remove(plan.to_remove), Kind::done));
    BOOST_TEST(present().size() == 2U); // the kernel took 10.77.0.6 along
    BOOST_TEST(all(add(plan.to_add), Kind::done));
    BOOST_TEST(present().size() == 3U);
    host.addresses = present();
    BOOST_TEST(!make_plan(Goal::hold, vips, host).has_work());
    BOOST_TEST(plan.taken_along.size() == 1U);
}

BOOST_AUTO_TEST_CASE(with_promoted_secondaries_adding_again_finds_them_there) {
    pair.left.sysctl("ipv4/conf/veth0/promote_secondaries", "1");
    static_cast<void>(add({spec("10.77.0.5/24"), spec("10.77.0.6/24")}));
    static_cast<void>(remove({spec("10.77.0.5/24")}));
    BOOST_TEST(same(add({spec("10.77.0.6/24")}), {Kind::already_there}));
}

BOOST_AUTO_TEST_SUITE_END()
