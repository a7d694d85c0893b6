#include "belay/databases/first_table.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(first_table_suite)

using namespace belay;
using namespace belay::databases;

namespace {

Sightings say(bool attached, std::optional<std::uint32_t> primary) {
    return {.backends = {{.id = 0, .host = "10.77.0.50", .port = 5432, .attached = attached}}, .primary = primary};
}

} // namespace

BOOST_AUTO_TEST_CASE(most_voices_count) {
    const auto table =
        first_table({{NodeId{1}, say(false, 1)}, {NodeId{2}, say(true, 0)}, {NodeId{3}, say(true, 0)}}, NodeId{1});
    BOOST_TEST(table.find(0)->attached);
    BOOST_TEST(table.find(0)->host == "10.77.0.50");
    BOOST_TEST(table.primary.value() == 0U);
}

BOOST_AUTO_TEST_CASE(where_they_are_even_the_own_voice_counts) {
    const std::map<NodeId, Sightings> both{{NodeId{1}, say(false, 1)}, {NodeId{2}, say(true, 0)}};
    BOOST_TEST(!first_table(both, NodeId{1}).find(0)->attached);
    BOOST_TEST(first_table(both, NodeId{2}).find(0)->attached);
    BOOST_TEST(first_table(both, NodeId{1}).primary.value() == 1U);
    BOOST_TEST(first_table(both, NodeId{2}).primary.value() == 0U);
    BOOST_TEST(!first_table(both, NodeId{9}).find(0)->attached); // stale answers are worse than none
}

BOOST_AUTO_TEST_CASE(nobody_knows_a_primary) {
    BOOST_TEST(!first_table({{NodeId{1}, say(true, std::nullopt)}}, NodeId{1}).primary.has_value());
}

BOOST_AUTO_TEST_CASE(votes_that_a_failure_needs) {
    BOOST_TEST(votes_needed(Consensus::none, 5) == 1U);
    BOOST_TEST(votes_needed(Consensus::half, 1) == 1U);
    BOOST_TEST(votes_needed(Consensus::half, 2) == 1U);
    BOOST_TEST(votes_needed(Consensus::half, 3) == 2U);
    BOOST_TEST(votes_needed(Consensus::half, 4) == 2U);
    BOOST_TEST(votes_needed(Consensus::majority, 2) == 2U);
    BOOST_TEST(votes_needed(Consensus::majority, 3) == 2U);
    BOOST_TEST(votes_needed(Consensus::majority, 4) == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
