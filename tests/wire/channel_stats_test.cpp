#include "belay/wire/channel_stats.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using belay::Instant;
using belay::wire::ChannelState;
using belay::wire::ChannelStats;
using belay::wire::Reject;

namespace {

constexpr auto lease = 500ms;
constexpr Instant start(100s);

} // namespace

BOOST_AUTO_TEST_SUITE(channel_stats)

BOOST_AUTO_TEST_CASE(gaps_are_loss_and_late_packets_take_it_back) {
    ChannelStats stats(start, lease);
    stats.begin_run(10);
    BOOST_TEST(stats.heard(start, 10, false));
    BOOST_TEST(stats.counts().lost == 0U);
    BOOST_TEST(stats.heard(start, 14, false));
    BOOST_TEST(stats.counts().lost == 3U);
    BOOST_TEST(stats.heard(start, 12, false));
    BOOST_TEST(stats.counts().lost == 2U);
    BOOST_TEST(stats.counts().received == 3U);
    stats.begin_run(1'000); // another run: its numbers have nothing to do with the former
    BOOST_TEST(stats.heard(start, 1'000, false));
    BOOST_TEST(stats.counts().lost == 2U);
}

BOOST_AUTO_TEST_CASE(what_another_channel_brought_first_is_normal_and_a_replay_is_not) {
    ChannelStats stats(start, lease);
    stats.begin_run(1);
    BOOST_TEST(stats.heard(start, 1, true));
    BOOST_TEST(stats.counts().duplicates == 1U);
    BOOST_TEST(stats.counts().rejected.total() == 0U);
    BOOST_TEST(!stats.heard(start + 10s, 1, true));
    BOOST_TEST(stats.counts().duplicates == 1U);
    BOOST_TEST(stats.counts().received == 1U);
    BOOST_TEST(stats.counts().rejected.of(Reject::repeated) == 1U);
    BOOST_TEST((stats.last_heard() == start)); // a replay is no sign of life
}

BOOST_AUTO_TEST_CASE(a_channel_is_down_after_a_lease_of_silence) {
    ChannelStats stats(start, lease);
    BOOST_TEST(!stats.judge(start + 499ms));
    BOOST_TEST((stats.state() == ChannelState::unheard));
    BOOST_TEST(stats.judge(start + 500ms));
    BOOST_TEST((stats.state() == ChannelState::down));
    stats.begin_run(1);
    BOOST_TEST(stats.heard(start + 600ms, 1, false));
    BOOST_TEST(stats.judge(start + 600ms));
    BOOST_TEST((stats.state() == ChannelState::up));
    BOOST_TEST(!stats.judge(start + 1099ms));
    BOOST_TEST(stats.judge(start + 1100ms));
    BOOST_TEST((stats.state() == ChannelState::down));
}

BOOST_AUTO_TEST_SUITE_END()
