#include "belay/pgpool/pcp_taken.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(pcp_taken)

using namespace belay::pgpool;
using namespace std::chrono_literals;

namespace {

constexpr PcpTaken::Time start{};
const Command attach = command::Attach{.id = 1};
const Command detach = command::Detach{.id = 1};
const Command claim = command::Claim{.id = 1};

PcpNode node(BackendStatus status, const char* changed = "10:00:00", BackendRole role = BackendRole::standby) {
    return {.backend = {.id = 1, .host = "db", .port = 5432, .status = status, .role = role}, .changed = changed};
}

const PcpNode up = node(BackendStatus::up);
const PcpNode down = node(BackendStatus::down);

} // namespace

BOOST_AUTO_TEST_CASE(what_is_so) {
    BOOST_TEST(is_so(detach, down.backend));
    BOOST_TEST(!is_so(detach, node(BackendStatus::unused).backend));
    BOOST_TEST(is_so(attach, node(BackendStatus::connecting).backend));
    BOOST_TEST(is_so(claim, node(BackendStatus::up, "", BackendRole::primary).backend));
    BOOST_TEST(!is_so(claim, node(BackendStatus::down, "", BackendRole::primary).backend));
    BOOST_TEST(!is_so(command::SwitchOver{.id = 1}, up.backend));
    BOOST_TEST(!is_so(command::Recover{.id = 1}, up.backend));
}

BOOST_AUTO_TEST_CASE(a_queued_attach_is_against_a_detach_until_the_node_is_up) {
    PcpTaken taken;
    BOOST_TEST(!taken.against(detach, start));
    taken.took(attach, down, start);
    taken.saw(down);
    BOOST_TEST((taken.against(detach, start) == attach));
    BOOST_TEST(!taken.against(attach, start));
    BOOST_TEST(!taken.against(command::Detach{.id = 0}, start));
    taken.saw(up);
    taken.saw(down); // by somebody else
    BOOST_TEST(!taken.against(detach, start));
}

BOOST_AUTO_TEST_CASE(a_queued_detach_is_against_a_promotion) {
    PcpTaken taken;
    taken.took(detach, up, start);
    BOOST_TEST((taken.against(claim, start) == detach));
    BOOST_TEST((taken.against(command::SwitchOver{.id = 1}, start) == detach));
    taken.saw(down);
    BOOST_TEST(!taken.against(claim, start));
}

BOOST_AUTO_TEST_CASE(an_attach_behind_a_detach_in_the_queue_counts_until_the_node_was_down_and_is_up) {
    PcpTaken taken;
    taken.took(detach, up, start);
    taken.saw(up);
    taken.took(attach, up, start);
    taken.saw(up);
    BOOST_TEST((taken.against(detach, start) == attach));
    taken.saw(node(BackendStatus::down, "10:00:01"));
    BOOST_TEST((taken.against(detach, start) == attach));
    taken.saw(node(BackendStatus::up, "10:00:02"));
    BOOST_TEST(!taken.against(detach, start));
}

BOOST_AUTO_TEST_CASE(an_attach_of_a_node_that_is_up_is_nothing_to_wait_for) {
    PcpTaken taken;
    taken.took(attach, up, start);
    taken.saw(node(BackendStatus::down, "10:00:01"));
    BOOST_TEST(!taken.against(detach, start));
}

BOOST_AUTO_TEST_CASE(what_pgpool_forgot_is_forgotten_too) {
    PcpTaken taken;
    taken.took(attach, down, start);
    BOOST_TEST(taken.against(detach, start + 359s).has_value());
    BOOST_TEST(!taken.against(detach, start + 360s));
}

BOOST_AUTO_TEST_SUITE_END()
