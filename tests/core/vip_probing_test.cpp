// How long nobody must have answered for the VIPs before one of two nodes may take them with the gateway's help (3.7).
#include "belay/core/vip_probing.hpp"

#include "samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::core;
using namespace belay::core::testing;

namespace {

struct Asking {
    Parameters parameters;
    VipProbing probing;
    Instant now = start;

    /// `count` questions, one each `every`; `now` is when the last one was asked.
    void silence(int count, Duration every) {
        for (int index = 0; index < count; ++index) {
            now += every;
            probing.record(now, ProbeOutcome::unanswered, parameters);
        }
    }

    [[nodiscard]] bool free() const { return probing.nobody_there(now, parameters); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(vip_probing, Asking)

BOOST_AUTO_TEST_CASE(ten_questions_and_two_leases_are_needed) {
    BOOST_TEST(!free());
    silence(10, 100ms); // over 900 ms
    BOOST_TEST(!free());
    silence(1, 100ms);
    BOOST_TEST(free());
    probing.begin_again();
    silence(9, 200ms); // 1600 ms, but nine
    BOOST_TEST(!free());
    silence(1, 200ms);
    BOOST_TEST(free());
}

BOOST_AUTO_TEST_CASE(an_answer_begins_it_again) {
    silence(11, 100ms);
    probing.record(now, ProbeOutcome::answered, parameters);
    BOOST_TEST(!free());
    BOOST_TEST(probing.somebody_there(now + 500ms, parameters));
    BOOST_TEST(!probing.somebody_there(now + 501ms, parameters));
    silence(10, 100ms);
    BOOST_TEST(!free());
    silence(1, 100ms);
    BOOST_TEST(free());
}

BOOST_AUTO_TEST_CASE(a_pause_of_a_lease_begins_it_again) {
    silence(10, 100ms);
    silence(1, 501ms);
    BOOST_TEST(!free());
    silence(10, 100ms);
    BOOST_TEST(free());
}

BOOST_AUTO_TEST_CASE(old_silence_says_nothing) {
    silence(11, 100ms);
    BOOST_TEST(probing.nobody_there(now + 500ms, parameters));
    BOOST_TEST(!probing.nobody_there(now + 501ms, parameters));
}

BOOST_AUTO_TEST_CASE(a_rival_is_no_answer) {
    silence(11, 100ms);
    probing.record(now, ProbeOutcome::rival, parameters);
    BOOST_TEST(free());
    BOOST_TEST(!probing.somebody_there(now, parameters));
}

BOOST_AUTO_TEST_SUITE_END()
