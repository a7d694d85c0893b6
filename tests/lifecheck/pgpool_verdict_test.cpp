#include "belay/lifecheck/pgpool_verdict.hpp"

#include <boost/test/unit_test.hpp>
#include <tuple>

using namespace belay::lifecheck;
using belay::config::PgpoolNeeds;

namespace {

const Health runs{.healthy = true, .detail = "pid 123 from x.pid runs"};
const Health dead{.healthy = false, .detail = "pid 123 from x.pid is not running"};
const Finding good{.healthy = true, .problem = {}, .in_a_row = 1, .needed = 1};
const Finding bad{.healthy = false, .problem = "no answer within 500ms", .in_a_row = 2, .needed = 2};
const Finding doubted{.healthy = true, .problem = "no answer within 500ms", .in_a_row = 1, .needed = 2};
const Finding counted_up{.healthy = {}, .problem = {}, .in_a_row = 1, .needed = 3};

std::optional<bool> healthy(PgpoolNeeds needs, const std::optional<Finding>& query, const std::optional<Finding>& pcp) {
    const auto verdict = verdict_of(needs, {.process = runs, .query = query, .pcp = pcp});
    return verdict ? std::optional(verdict->healthy) : std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pgpool_verdicts)

BOOST_AUTO_TEST_CASE(a_parent_that_ended_decides_alone_whatever_still_answers) {
    for (const PgpoolNeeds needs : {PgpoolNeeds::any, PgpoolNeeds::query, PgpoolNeeds::pcp, PgpoolNeeds::both}) {
        BOOST_TEST((verdict_of(needs, {.process = dead, .query = good, .pcp = good}) == dead));
        BOOST_TEST((verdict_of(needs, {.process = dead, .query = {}, .pcp = {}}) == dead));
    }
}

BOOST_AUTO_TEST_CASE(each_need_asks_for_its_answers) {
    BOOST_TEST((healthy(PgpoolNeeds::any, bad, good) == true));
    BOOST_TEST((healthy(PgpoolNeeds::any, good, bad) == true));
    BOOST_TEST((healthy(PgpoolNeeds::any, bad, bad) == false));
    BOOST_TEST((healthy(PgpoolNeeds::query, bad, good) == false));
    BOOST_TEST((healthy(PgpoolNeeds::query, good, bad) == true));
    BOOST_TEST((healthy(PgpoolNeeds::pcp, bad, good) == true));
    BOOST_TEST((healthy(PgpoolNeeds::pcp, good, bad) == false));
    BOOST_TEST((healthy(PgpoolNeeds::both, bad, good) == false));
    BOOST_TEST((healthy(PgpoolNeeds::both, good, good) == true));
}

BOOST_AUTO_TEST_CASE(nothing_is_said_while_it_may_come_out_either_way) {
    const std::optional<Finding> not_yet;
    BOOST_TEST(!healthy(PgpoolNeeds::any, bad, not_yet));
    BOOST_TEST(!healthy(PgpoolNeeds::any, counted_up, bad));
    BOOST_TEST((healthy(PgpoolNeeds::any, good, not_yet) == true));
    BOOST_TEST((healthy(PgpoolNeeds::both, not_yet, bad) == false));
    BOOST_TEST(!healthy(PgpoolNeeds::both, good, not_yet));
    BOOST_TEST(!healthy(PgpoolNeeds::query, not_yet, good));
    BOOST_TEST(!healthy(PgpoolNeeds::pcp, good, not_yet));
    BOOST_TEST(!verdict_of(PgpoolNeeds::any, {.process = {}, .query = good, .pcp = good}));
}

BOOST_AUTO_TEST_CASE(a_part_in_doubt_still_counts_and_the_detail_says_which_part_and_how) {
    const auto verdict = verdict_of(PgpoolNeeds::both, {.process = runs, .query = doubted, .pcp = good});
    BOOST_REQUIRE(verdict.has_value());
    BOOST_TEST(verdict->healthy);
    BOOST_TEST(verdict->detail == "pid 123 from x.pid runs; query: no answer within 500ms (1 of 2); pcp answers");
}

BOOST_AUTO_TEST_SUITE_END()
