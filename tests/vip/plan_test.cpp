// Each case is a host as the kernel shows it, and the plan that brings the VIPs there or away.
#include "belay/vip/plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::vip;

namespace {

constexpr int eth0 = 2;
constexpr int eth1 = 3;

Link link(int index, const char* name) {
    return {.index = index, .name = name, .up = true, .carrier = true, .mac = {{2, 0, 0, 0, 0, 1}}};
}

Address address(int ifindex, const char* text, std::uint8_t mark, bool secondary = false) {
    const IpPrefix prefix = parse_prefix(text).value();
    return {.ifindex = ifindex, .prefix = prefix, .peer = prefix.address, .mark = mark, .secondary = secondary};
}

AddressSpec spec(int ifindex, const char* interface, const char* text) {
    return {.ifindex = ifindex, .interface = interface, .prefix = parse_prefix(text).value()};
}

std::string text_of(const std::vector<AddressSpec>& specs) {
    std::string text;
    for (const AddressSpec& entry : specs) {
        text += to_text(entry.prefix) + "@" + entry.interface + " ";
    }
    return text;
}

struct Fixture {
    Host host{.links = {link(eth0, "eth0"), link(eth1, "eth1")}, .addresses = {}, .marks_addresses = true};
    std::vector<Vip> vips{
        {.name = "a", .prefix = parse_prefix("10.77.0.100/24").value(), .interface = "eth0"},
        {.name = "b", .prefix = parse_prefix("10.77.0.101/24").value(), .interface = "eth0"},
        {.name = "c", .prefix = parse_prefix("fd78::100/128").value(), .interface = "eth1"},
    };
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(plan, Fixture)

BOOST_AUTO_TEST_CASE(a_takeover_adds_every_vip_in_order) {
    host.addresses = {address(eth0, "10.77.0.1/24", 0)};
    const Plan plan = make_plan(Goal::hold, vips, host);
    BOOST_TEST(text_of(plan.to_add) == "10.77.0.100/24@eth0 10.77.0.101/24@eth0 fd78::100/128@eth1 ");
    BOOST_TEST(
        (plan == Plan{.to_remove = {}, .to_add = plan.to_add, .taken_along = {}, .foreign = {}, .unusable = {}}));
}

BOOST_AUTO_TEST_CASE(nothing_to_do_when_all_is_as_it_should_be) {
    host.addresses = {address(eth0, "10.77.0.100/24", own_mark), address(eth0, "10.77.0.101/24", own_mark, true),
                      address(eth1, "fd78::100/128", own_mark)};
    BOOST_TEST((make_plan(Goal::hold, vips, host) == Plan{}));
    BOOST_TEST(!make_plan(Goal::hold, vips, host).has_work());
}

BOOST_AUTO_TEST_CASE(a_vip_deleted_by_hand_is_added_again) {
    host.addresses = {address(eth0, "10.77.0.100/24", own_mark), address(eth1, "fd78::100/128", own_mark)};
    BOOST_TEST(text_of(make_plan(Goal::hold, vips, host).to_add) == "10.77.0.101/24@eth0 ");
}

BOOST_AUTO_TEST_CASE(withdrawing_removes_all_of_ours_and_nothing_else) {
    host.addresses = {address(eth0, "10.77.0.1/24", 0), address(eth0, "10.77.0.100/24", own_mark, true),
                      address(eth1, "fd78::100/128", own_mark), address(eth1, "fd78::1/64", 0)};
    const Plan plan = make_plan(Goal::withdraw, vips, host);
    BOOST_TEST(text_of(plan.to_remove) == "10.77.0.100/24@eth0 fd78::100/128@eth1 ");
    BOOST_TEST(plan.to_add.empty());
    BOOST_TEST(plan.taken_along.empty());
}

BOOST_AUTO_TEST_CASE(left_overs_of_an_older_configuration_are_known_by_their_mark) {
    host.addresses = {address(eth1, "10.77.0.200/24", own_mark), address(eth1, "10.77.0.100/24", own_mark),
                      address(eth0, "10.77.0.100/32", own_mark)};
    const Plan plan = make_plan(Goal::hold, vips, host);
    BOOST_TEST(text_of(plan.to_remove) == "10.77.0.200/24@eth1 10.77.0.100/24@eth1 10.77.0.100/32@eth0 ");
    BOOST_TEST(plan.to_add.size() == 3U);
    BOOST_TEST(plan.foreign.empty());
}

BOOST_AUTO_TEST_CASE(an_administrators_address_is_reported_and_never_touched) {
    host.addresses = {address(eth0, "10.77.0.100/24", 0), address(eth1, "10.77.0.101/32", 4)};
    for (const Goal goal : {Goal::hold, Goal::withdraw}) {
        const Plan plan = make_plan(goal, vips, host);
        BOOST_TEST(plan.to_remove.empty());
        BOOST_REQUIRE(plan.foreign.size() == 2U);
        BOOST_TEST((plan.foreign[0] == ForeignAddress{.vip = "a", .found = spec(eth0, "eth0", "10.77.0.100/24")}));
        BOOST_TEST((plan.foreign[1] == ForeignAddress{.vip = "b", .found = spec(eth1, "eth1", "10.77.0.101/32")}));
        BOOST_TEST(text_of(plan.to_add) == (goal == Goal::hold ? "fd78::100/128@eth1 " : ""));
    }
}

BOOST_AUTO_TEST_CASE(without_marks_only_the_exact_place_is_ours) {
    host.marks_addresses = false;
    host.addresses = {address(eth0, "10.77.0.100/24", 0), address(eth1, "10.77.0.101/24", 0),
                      address(eth0, "10.77.0.9/24", 0)};
    const Plan plan = make_plan(Goal::withdraw, vips, host);
    BOOST_TEST(text_of(plan.to_remove) == "10.77.0.100/24@eth0 ");
    BOOST_REQUIRE(plan.foreign.size() == 1U);
    BOOST_TEST(plan.foreign[0].vip == "b");
}

BOOST_AUTO_TEST_CASE(without_marks_a_former_vip_is_found_and_removed) {
    host.marks_addresses = false;
    host.addresses = {address(eth0, "10.77.0.100/24", 0), address(eth1, "fd78::100/128", 0)};
    const std::vector<Vip> former{vips[0], vips[2]};
    vips[0].interface = "eth1";
    vips.pop_back();
    const Plan plan = make_plan(Goal::hold, vips, host, former);
    BOOST_TEST(text_of(plan.to_remove) == "10.77.0.100/24@eth0 fd78::100/128@eth1 ");
    BOOST_TEST(text_of(plan.to_add) == "10.77.0.100/24@eth1 10.77.0.101/24@eth0 ");
    BOOST_TEST(plan.foreign.empty());
}

BOOST_AUTO_TEST_CASE(a_removed_primary_takes_vips_along_and_they_come_back) {
    host.addresses = {address(eth0, "10.77.0.99/24", own_mark), address(eth0, "10.77.0.100/24", own_mark, true),
                      address(eth0, "10.77.0.101/24", own_mark, true), address(eth1, "fd78::100/128", own_mark)};
    const Plan plan = make_plan(Goal::hold, vips, host);
    BOOST_TEST(text_of(plan.to_remove) == "10.77.0.99/24@eth0 ");
    BOOST_TEST(text_of(plan.to_add) == "10.77.0.100/24@eth0 10.77.0.101/24@eth0 ");
    BOOST_REQUIRE(plan.taken_along.size() == 2U);
    BOOST_TEST((plan.taken_along[0] == TakenAlong{.removed = spec(eth0, "eth0", "10.77.0.99/24"),
                                                  .lost = spec(eth0, "eth0", "10.77.0.100/24"),
                                                  .ours = true}));
}

BOOST_AUTO_TEST_CASE(a_removed_primary_takes_the_hosts_own_address_along_and_that_is_told) {
    host.addresses = {address(eth0, "10.77.0.100/24", own_mark), address(eth0, "10.77.0.1/24", 0, true),
                      address(eth1, "10.77.0.2/24", 0, true), address(eth0, "10.77.0.3/25", 0, true),
                      address(eth0, "10.77.1.4/24", 0, true)};
    const Plan plan = make_plan(Goal::withdraw, vips, host);
    BOOST_REQUIRE(plan.taken_along.size() == 1U);
    BOOST_TEST((plan.taken_along[0] == TakenAlong{.removed = spec(eth0, "eth0", "10.77.0.100/24"),
                                                  .lost = spec(eth0, "eth0", "10.77.0.1/24"),
                                                  .ours = false}));
}

BOOST_AUTO_TEST_CASE(a_subnet_need_not_end_at_a_whole_byte) {
    host.addresses = {address(eth0, "10.77.2.100/22", own_mark), address(eth0, "10.77.1.1/22", 0, true),
                      address(eth0, "10.77.4.1/22", 0, true)};
    const Plan plan = make_plan(Goal::withdraw, vips, host);
    BOOST_REQUIRE(plan.taken_along.size() == 1U);
    BOOST_TEST((plan.taken_along[0].lost == spec(eth0, "eth0", "10.77.1.1/22")));
}

BOOST_AUTO_TEST_CASE(what_is_removed_anyway_is_not_taken_along) {
    host.addresses = {address(eth0, "10.77.0.100/24", own_mark), address(eth0, "10.77.0.101/24", own_mark, true)};
    const Plan plan = make_plan(Goal::withdraw, vips, host);
    BOOST_TEST(plan.to_remove.size() == 2U);
    BOOST_TEST(plan.taken_along.empty());
}

BOOST_AUTO_TEST_CASE(links_that_cannot_serve_are_named) {
    host.links[0].carrier = false;
    host.links.pop_back();
    Plan plan = make_plan(Goal::hold, vips, host);
    BOOST_REQUIRE(plan.unusable.size() == 3U);
    BOOST_TEST((plan.unusable[0] == UnusableLink{.vip = "a", .interface = "eth0", .trouble = LinkTrouble::no_carrier}));
    BOOST_TEST((plan.unusable[2] == UnusableLink{.vip = "c", .interface = "eth1", .trouble = LinkTrouble::absent}));
    BOOST_TEST(text_of(plan.to_add) == "10.77.0.100/24@eth0 10.77.0.101/24@eth0 ");
    host.links[0].up = false;
    plan = make_plan(Goal::withdraw, vips, host);
    BOOST_REQUIRE(plan.unusable.size() == 3U);
    BOOST_TEST(to_text(plan.unusable[0].trouble) == "is down");
}

BOOST_AUTO_TEST_CASE(a_link_that_came_back_with_another_index_gets_its_vips) {
    host.links[1].index = 9;
    host.addresses = {address(eth0, "10.77.0.100/24", own_mark), address(eth0, "10.77.0.101/24", own_mark, true)};
    const Plan plan = make_plan(Goal::hold, vips, host);
    BOOST_REQUIRE(plan.to_add.size() == 1U);
    BOOST_TEST((plan.to_add[0] == spec(9, "eth1", "fd78::100/128")));
}

BOOST_AUTO_TEST_SUITE_END()
