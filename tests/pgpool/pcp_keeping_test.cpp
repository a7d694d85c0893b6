#include "belay/pgpool/pcp_keeping.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(pcp_keeping)

using namespace belay::pgpool;
using namespace std::chrono_literals;

namespace {

constexpr PcpKeeping::Time start{};

std::vector<PcpNode> nodes(BackendStatus status, const char* changed = "10:00:00") {
    return {{.backend = {.id = 0, .host = "db", .port = 5432, .status = status}, .changed = changed}};
}

struct Fixture {
    PcpKeeping keeping{{.quiet_min = 60s, .age_max = 30s, .idle_max = 1s}, start};

    bool kept(PcpKeeping::Time opened, PcpKeeping::Time now) {
        keeping.opened(opened);
        return keeping.may_keep(now);
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(nothing_is_kept_soon_after_the_start, Fixture) {
    BOOST_TEST(!kept(start + 59s, start + 59s)); // a failover may have begun before us
    BOOST_TEST(kept(start + 60s, start + 60s));
}

BOOST_FIXTURE_TEST_CASE(nothing_is_kept_for_long, Fixture) {
    BOOST_TEST(kept(start + 60s, start + 89s));
    BOOST_TEST(!kept(start + 60s, start + 90s));
}

BOOST_FIXTURE_TEST_CASE(a_change_that_a_look_finds_ends_it, Fixture) {
    keeping.saw(nodes(BackendStatus::up), start);
    keeping.saw(nodes(BackendStatus::up), start + 70s);
    BOOST_TEST(kept(start + 70s, start + 70s));
    keeping.saw(nodes(BackendStatus::down), start + 71s);
    BOOST_TEST(!kept(start + 70s, start + 71s));
    BOOST_TEST(!kept(start + 130s, start + 130s));
    BOOST_TEST(kept(start + 131s, start + 131s));
}

BOOST_FIXTURE_TEST_CASE(down_and_up_again_between_two_looks_is_a_change, Fixture) {
    keeping.saw(nodes(BackendStatus::up, "10:00:00"), start);
    keeping.saw(nodes(BackendStatus::up, "10:01:10"), start + 71s);
    BOOST_TEST(!kept(start + 71s, start + 71s));
}

BOOST_FIXTURE_TEST_CASE(our_own_command_ends_it, Fixture) {
    keeping.changed(start + 70s);
    BOOST_TEST(!kept(start + 100s, start + 100s));
    BOOST_TEST(kept(start + 130s, start + 130s));
}

BOOST_AUTO_TEST_SUITE_END()
