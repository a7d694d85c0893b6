// Played with a made-up clock, as announcer_test.cpp does.
#include "belay/vip/prober.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::vip;
using namespace std::chrono_literals;

namespace {

constexpr Instant t0 = Instant(1000s);
constexpr ProbePace pace{.count = 3, .interval = 10ms};
const IpAddress v4 = parse_ip("10.77.0.100").value();
const IpAddress v6 = parse_ip("fd77::100").value();

struct Fixture {
    /// Plays until nothing is due before `end`.
    void play(Instant end) {
        for (auto next = prober.next_deadline(); next && *next < end; next = prober.next_deadline()) {
            now = std::max(now, *next);
            const Prober::Turn turn = prober.due(now);
            BOOST_REQUIRE(!turn.ask.empty() || !turn.free.empty()); // otherwise it would be a busy loop
            for (const IpAddress& vip : turn.ask) {
                asked.emplace_back(now - t0, vip);
            }
            for (const IpAddress& vip : turn.free) {
                freed.emplace_back(now - t0, vip);
            }
        }
        now = end;
    }

    using Record = std::vector<std::pair<Duration, IpAddress>>;

    Prober prober{pace};
    Instant now = t0;
    Record asked;
    Record freed;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(prober, Fixture)

BOOST_AUTO_TEST_CASE(without_an_answer_a_vip_is_free_after_the_last_question_had_its_time) {
    prober.start(t0, std::vector{v4});
    BOOST_TEST(!prober.may_claim(v4));
    play(t0 + 30ms);
    BOOST_TEST((asked == Record{{0ms, v4}, {10ms, v4}, {20ms, v4}}));
    BOOST_TEST(!prober.may_claim(v4));
    play(t0 + 1h);
    BOOST_TEST((freed == Record{{30ms, v4}}));
    BOOST_TEST(prober.may_claim(v4));
    BOOST_TEST(!prober.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(all_are_asked_for_in_parallel) {
    prober.start(t0, std::vector{v4, v6});
    play(t0 + 1s);
    BOOST_TEST(asked.size() == 6U);
    BOOST_TEST((freed == Record{{30ms, v4}, {30ms, v6}}));
}

BOOST_AUTO_TEST_CASE(an_answer_takes_one_vip_and_the_others_go_on) {
    prober.start(t0, std::vector{v4, v6});
    play(t0 + 5ms);
    BOOST_TEST(prober.answered(now, v4));
    BOOST_TEST(prober.is_taken(v4));
    BOOST_TEST(!prober.is_taken(v6));
    play(t0 + 1s);
    BOOST_TEST((freed == Record{{30ms, v6}}));
    BOOST_TEST(!prober.may_claim(v4));
}

BOOST_AUTO_TEST_CASE(an_answer_to_the_last_question_counts_until_the_claim) {
    prober.start(t0, std::vector{v4});
    play(t0 + 30ms);
    BOOST_TEST(prober.answered(now, v4));
    play(t0 + 1s);
    BOOST_TEST(freed.empty());
}

BOOST_AUTO_TEST_CASE(a_taken_vip_is_asked_for_each_second_until_nobody_answers) {
    prober.start(t0, std::vector{v4});
    for (const Duration answer : {1ms, 1002ms, 2003ms}) { // the foreign host answers each first question
        play(t0 + answer);
        BOOST_TEST(prober.answered(now, v4));
    }
    play(t0 + 1h);
    BOOST_TEST((asked == Record{{0ms, v4}, {1001ms, v4}, {2002ms, v4}, {3003ms, v4}, {3013ms, v4}, {3023ms, v4}}));
    BOOST_TEST((freed == Record{{3033ms, v4}}));
}

BOOST_AUTO_TEST_CASE(what_is_not_asked_for_cannot_be_answered) {
    BOOST_TEST(!prober.answered(t0, v4));
    BOOST_TEST(prober.may_claim(v4));
    prober.start(t0, std::vector{v4});
    play(t0 + 1s);
    BOOST_TEST(!prober.answered(now, v4)); // it is held by now: a conflict of another kind
    BOOST_TEST(!prober.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(stopping_and_forgetting_end_the_questions) {
    prober.start(t0, std::vector{v4, v6});
    prober.forget(v4);
    BOOST_TEST(prober.may_claim(v4));
    play(t0 + 5ms);
    BOOST_TEST((asked == Record{{0ms, v6}}));
    prober.stop();
    BOOST_TEST(!prober.next_deadline().has_value());
    BOOST_TEST(prober.may_claim(v6));
}

BOOST_AUTO_TEST_CASE(a_start_begins_anew) {
    prober.start(t0, std::vector{v4});
    play(t0 + 25ms);
    BOOST_TEST(prober.answered(now, v4));
    prober.start(now, std::vector{v4});
    BOOST_TEST(!prober.is_taken(v4));
    play(t0 + 1s);
    BOOST_TEST(asked.size() == 6U);
    BOOST_TEST((freed == Record{{55ms, v4}}));
}

BOOST_AUTO_TEST_CASE(a_count_of_zero_asks_for_nothing) {
    prober.set_pace({.count = 0, .interval = 10ms});
    prober.start(t0, std::vector{v4});
    BOOST_TEST(prober.may_claim(v4));
    BOOST_TEST(!prober.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(a_shorter_pace_ends_questions_that_are_under_way) {
    prober.start(t0, std::vector{v4});
    play(t0 + 15ms);
    prober.set_pace({.count = 1, .interval = 10ms});
    play(t0 + 1s);
    BOOST_TEST((freed == Record{{20ms, v4}}));
}

BOOST_AUTO_TEST_CASE(thousands_are_asked_for_in_turns) {
    std::vector<IpAddress> many;
    for (unsigned number = 0; number < 1000; ++number) {
        many.push_back({.family = IpAddress::Family::v4,
                        .bytes = {10, 77, static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)}});
    }
    prober.start(t0, many);
    BOOST_TEST(prober.due(t0).ask.size() == Prober::questions_per_turn_max);
    BOOST_TEST((prober.next_deadline() == t0)); // the others wait only for the next turn
    play(t0 + 1s);
    BOOST_TEST(freed.size() == 1000U);
}

BOOST_AUTO_TEST_SUITE_END()
