// The schedule played with a made-up clock: play() calls due() at each deadline that the announcer itself names, and
// the record of what it said when is the oracle.
#include "belay/vip/announcer.hpp"

#include <boost/test/unit_test.hpp>
#include <map>

using namespace belay;
using namespace belay::vip;
using namespace std::chrono_literals;

namespace {

struct Said {
    Instant at;
    IpAddress vip;
};

IpAddress v4(unsigned number) {
    return {.family = IpAddress::Family::v4,
            .bytes = {10, 77, static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)}};
}

const IpAddress v6 = parse_ip("fd77::100").value();

constexpr Instant t0 = Instant(1000s);
constexpr Pace pace{.burst = 3, .burst_interval = 200ms, .refresh_interval = 10s, .packets_per_second_max = 1000};

/// Plays from `now` until `end`; moves `now` there.
std::vector<Said> play(Announcer& announcer, Instant& now, Instant end) {
    std::vector<Said> said;
    for (auto next = announcer.next_deadline(); next && *next < end; next = announcer.next_deadline()) {
        now = std::max(now, *next);
        const auto vips = announcer.due(now);
        BOOST_REQUIRE(!vips.empty()); // a deadline that brings nothing would be a busy loop
        for (const IpAddress& vip : vips) {
            said.push_back({now, vip});
        }
    }
    now = end;
    return said;
}

std::vector<Duration> times(const std::vector<Said>& said, const IpAddress& vip) {
    std::vector<Duration> out;
    for (const Said& entry : said) {
        if (entry.vip == vip) {
            out.push_back(entry.at - t0);
        }
    }
    return out;
}

bool same(const std::vector<Duration>& actual, std::initializer_list<Duration> expected) {
    return actual == std::vector<Duration>(expected);
}

struct Fixture {
    Announcer announcer{pace};
    Instant now = t0;
    std::vector<IpAddress> one{v4(1)};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(announcer, Fixture)

BOOST_AUTO_TEST_CASE(a_takeover_bursts_and_then_refreshes) {
    announcer.start(now, one);
    const auto said = play(announcer, now, t0 + 21s);
    BOOST_TEST(same(times(said, v4(1)), {0ms, 200ms, 400ms, 10'400ms, 20'400ms}));
}

BOOST_AUTO_TEST_CASE(without_refresh_it_ends_after_the_burst) {
    Pace silent = pace;
    silent.refresh_interval = 0s;
    announcer.set_pace(silent);
    announcer.start(now, one);
    BOOST_TEST(play(announcer, now, t0 + 1h).size() == 3U);
    BOOST_TEST(!announcer.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(nothing_before_the_start_and_nothing_after_the_stop) {
    BOOST_TEST(!announcer.next_deadline().has_value());
    BOOST_TEST(announcer.due(now).empty());
    announcer.announce_again(now, Reason::healed);
    announcer.failed(now, v4(1));
    BOOST_TEST(announcer.due(now).empty());
    announcer.start(now, one);
    announcer.stop();
    BOOST_TEST(announcer.due(now + 1h).empty());
    BOOST_TEST(!announcer.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(a_few_vips_go_out_at_once) {
    const std::vector<IpAddress> few{v4(1), v4(2), v4(3), v6};
    announcer.start(now, few);
    BOOST_TEST(announcer.due(now).size() == 4U);
}

BOOST_AUTO_TEST_CASE(five_thousand_vips_each_get_their_first_before_any_gets_a_second) {
    std::vector<IpAddress> many;
    for (unsigned number = 0; number < 5000; ++number) {
        many.push_back(v4(number));
    }
    announcer.start(now, many);
    const auto said = play(announcer, now, t0 + 60s);
    std::map<IpAddress, int> counts;
    for (std::size_t index = 0; index < many.size(); ++index) {
        BOOST_REQUIRE(++counts[said[index].vip] == 1);
    }
    BOOST_TEST(said.size() >= 15'000U);
    BOOST_TEST((said[4999].at - t0 > 9'900ms)); // 10,000 frames at 1,000 a second
    BOOST_TEST((said[4999].at - t0 < 10'100ms));
}

BOOST_AUTO_TEST_CASE(the_rate_holds_in_every_window_and_under_every_reason) {
    std::vector<IpAddress> many{v6};
    for (unsigned number = 0; number < 300; ++number) {
        many.push_back(v4(number));
    }
    announcer.start(now, many);
    std::vector<Said> said;
    for (int round = 1; round < 40; ++round) {
        const auto more = play(announcer, now, t0 + (round * 50ms));
        said.insert(said.end(), more.begin(), more.end());
        announcer.announce_again(now, Reason::link_up);
    }
    for (std::size_t first = 0; first < said.size(); ++first) {
        int frames = 0;
        for (std::size_t index = first; index < said.size() && said[index].at - said[first].at < 100ms; ++index) {
            frames += static_cast<int>(frames_per_announcement(said[index].vip));
        }
        BOOST_REQUIRE(frames <= 112); // 100 ms at 1,000 a second, the allowance of 10 ms, and one announcement
    }
    BOOST_TEST(said.size() > 900U); // and it was used
    std::map<IpAddress, int> counts;
    for (const Said& entry : said) {
        ++counts[entry.vip];
    }
    for (const IpAddress& vip : many) {
        BOOST_TEST(counts[vip] >= 3, to_text(vip)); // nobody starves, though every reason came again and again
    }
}

BOOST_AUTO_TEST_CASE(every_reason_begins_another_burst) {
    for (const Reason reason : {Reason::healed, Reason::link_up, Reason::put_back}) {
        Announcer fresh(pace);
        now = t0;
        fresh.start(now, one);
        static_cast<void>(play(fresh, now, t0 + 2s));
        fresh.announce_again(now, reason, v4(1));
        BOOST_TEST(same(times(play(fresh, now, t0 + 4s), v4(1)), {2000ms, 2200ms, 2400ms}));
    }
}

BOOST_AUTO_TEST_CASE(only_the_named_vip_is_announced_again) {
    announcer.start(now, std::vector{v4(1), v6});
    static_cast<void>(play(announcer, now, t0 + 1s));
    announcer.announce_again(now, Reason::put_back, v6);
    announcer.announce_again(now, Reason::put_back, v4(77));
    const auto said = play(announcer, now, t0 + 2s);
    BOOST_TEST(times(said, v6).size() == 3U);
    BOOST_TEST(said.size() == 3U);
}

/// RFC 5227, section 2.4 (c): one single announcement within DEFEND_INTERVAL.
BOOST_AUTO_TEST_CASE(a_foreign_claim_is_answered_once_in_ten_seconds_and_after_the_last_one) {
    Pace no_refresh = pace;
    no_refresh.refresh_interval = 0s;
    announcer.set_pace(no_refresh);
    announcer.start(now, one);
    static_cast<void>(play(announcer, now, t0 + 2s));
    std::vector<Said> said;
    for (int claim = 0; claim < 300; ++claim) { // every 100 ms until 31.9 s
        announcer.announce_again(now, Reason::foreign_announcement, v4(1));
        const auto more = play(announcer, now, now + 100ms);
        said.insert(said.end(), more.begin(), more.end());
    }
    const auto more = play(announcer, now, t0 + 60s);
    said.insert(said.end(), more.begin(), more.end());
    BOOST_TEST(same(times(said, v4(1)), {2s, 12s, 22s, 32s}));
}

BOOST_AUTO_TEST_CASE(a_foreign_claim_does_not_cut_a_takeover_short) {
    announcer.start(now, one);
    static_cast<void>(play(announcer, now, t0 + 100ms));
    announcer.announce_again(now, Reason::foreign_announcement, v4(1));
    BOOST_TEST(same(times(play(announcer, now, t0 + 2s), v4(1)), {100ms, 300ms}));
}

BOOST_AUTO_TEST_CASE(who_defends_answers_with_a_burst_each_second) {
    Pace defending = pace;
    defending.burst = 1;
    defending.defence_burst = 2;
    defending.defence_interval = 1s;
    announcer.set_pace(defending);
    announcer.start(now, one);
    static_cast<void>(play(announcer, now, t0 + 2s));
    std::vector<Said> said;
    for (int claim = 0; claim < 100; ++claim) { // every 10 ms until 2.99 s
        announcer.announce_again(now, Reason::foreign_announcement, v4(1));
        const auto more = play(announcer, now, now + 10ms);
        said.insert(said.end(), more.begin(), more.end());
    }
    const auto more = play(announcer, now, t0 + 9s);
    said.insert(said.end(), more.begin(), more.end());
    BOOST_TEST(same(times(said, v4(1)), {2000ms, 2200ms, 3000ms, 3200ms}));
}

BOOST_AUTO_TEST_CASE(a_failed_announcement_is_owed_again_with_growing_pauses) {
    announcer.start(now, one);
    std::vector<Duration> tries;
    for (int attempt = 0; attempt < 9; ++attempt) {
        now = std::max(now, announcer.next_deadline().value());
        BOOST_REQUIRE(announcer.due(now).size() == 1U);
        tries.push_back(now - t0);
        announcer.failed(now, v4(1));
    }
    BOOST_TEST(same(tries, {0ms, 200ms, 600ms, 1400ms, 3000ms, 6200ms, 11'200ms, 16'200ms, 21'200ms}));
    const auto said = play(announcer, now, t0 + 30s);
    BOOST_TEST(same(times(said, v4(1)), {26'200ms, 26'400ms, 26'600ms})); // the whole burst
    announcer.announce_again(now, Reason::healed);
    BOOST_TEST(announcer.due(now).size() == 1U);
    announcer.failed(now, v4(1));
    BOOST_TEST((announcer.next_deadline() == now + 200ms)); // the pause is short again
}

BOOST_AUTO_TEST_CASE(a_success_between_two_failures_makes_the_pause_short_again) {
    announcer.start(now, one);
    for (const bool fails : {true, true, false, true}) {
        now = std::max(now, announcer.next_deadline().value());
        BOOST_REQUIRE(announcer.due(now).size() == 1U);
        if (fails) {
            announcer.failed(now, v4(1));
        }
    }
    BOOST_TEST((announcer.next_deadline() == now + 200ms));
}

BOOST_AUTO_TEST_CASE(a_changed_list_leaves_held_vips_on_their_schedule) {
    announcer.start(now, std::vector{v4(1), v4(2)});
    static_cast<void>(play(announcer, now, t0 + 1s));
    announcer.start(now, std::vector{v4(2), v4(3)});
    const auto said = play(announcer, now, t0 + 5s);
    BOOST_TEST(times(said, v4(1)).empty());
    BOOST_TEST(times(said, v4(2)).empty());
    BOOST_TEST(same(times(said, v4(3)), {1000ms, 1200ms, 1400ms}));
}

BOOST_AUTO_TEST_SUITE_END()
