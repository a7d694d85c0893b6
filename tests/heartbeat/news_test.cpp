#include "belay/heartbeat/news.hpp"

#include "cluster.hpp"

#include <boost/test/unit_test.hpp>

using namespace belay;
using namespace belay::heartbeat;
using namespace belay::heartbeat::test;

namespace {

Received from(const std::string& name, core::Message message, std::int64_t started = 1) {
    return {.from = node_id(name),
            .incarnation = run_of(name, started),
            .message = std::move(message),
            .heard_at = {},
            .newest = true};
}

core::Message granting(std::int64_t renewal) {
    core::Message message;
    message.role = core::Role::standby;
    message.answer.emplace().to = core::RequestKind::renew;
    message.answer->asked_at = Instant(Duration(renewal));
    return message;
}

core::Message plain() {
    core::Message message;
    message.role = core::Role::standby;
    return message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(news)

BOOST_AUTO_TEST_CASE(the_first_heartbeat_is_news_and_the_same_again_is_not) {
    News news(1);
    BOOST_TEST(news.is_news(from("bravo", plain())));
    BOOST_TEST(!news.is_news(from("bravo", plain())));
    BOOST_TEST(news.is_news(from("charlie", plain())));
    BOOST_TEST(!news.is_news(from("bravo", plain())));
}

BOOST_AUTO_TEST_CASE(a_promise_that_runs_on_is_no_news_and_another_promise_is) {
    News news(1);
    core::Message message = plain();
    message.promised = {.term = 7, .node = node_id("alpha"), .incarnation = run_of("alpha", 1)};
    message.promise_remaining = std::chrono::milliseconds(400);
    BOOST_TEST(news.is_news(from("bravo", message)));
    message.promise_remaining = std::chrono::milliseconds(300);
    BOOST_TEST(!news.is_news(from("bravo", message)));
    message.promised.term = 8;
    BOOST_TEST(news.is_news(from("bravo", message)));
}

BOOST_AUTO_TEST_CASE(whatever_is_asked_or_answered_is_news_each_time) {
    News news(1);
    BOOST_TEST(news.is_news(from("bravo", plain())));
    core::Message asking = plain();
    asking.request.kind = core::RequestKind::renew;
    core::Message answering = plain();
    answering.answer.emplace().to = core::RequestKind::vote;
    for (int times = 0; times < 2; ++times) {
        BOOST_TEST(news.is_news(from("bravo", asking)));
        BOOST_TEST(news.is_news(from("bravo", answering)));
    }
}

BOOST_AUTO_TEST_CASE(a_renewal_is_news_until_a_majority_has_granted_it) {
    News news(2); // of five nodes
    for (std::int64_t renewal = 1; renewal < 4; ++renewal) {
        BOOST_TEST(news.is_news(from("bravo", granting(renewal))));
        BOOST_TEST(news.is_news(from("charlie", granting(renewal))));
        const bool known = renewal > 1; // the first heartbeat of a node is news in any case
        BOOST_TEST(news.is_news(from("delta", granting(renewal))) == !known);
        BOOST_TEST(news.is_news(from("echo", granting(renewal))) == !known);
    }
}

BOOST_AUTO_TEST_CASE(the_same_peer_again_makes_no_majority) {
    News news(2);
    BOOST_TEST(news.is_news(from("bravo", granting(1))));
    BOOST_TEST(news.is_news(from("bravo", granting(1))));
    BOOST_TEST(news.is_news(from("charlie", granting(1))));
}

BOOST_AUTO_TEST_CASE(a_refusal_and_all_else_that_an_answer_says_is_news_after_a_majority_too) {
    News news(1);
    for (const char* name : {"bravo", "charlie"}) {
        static_cast<void>(news.is_news(from(name, plain())));
    }
    BOOST_TEST(news.is_news(from("bravo", granting(1))));
    core::Message refusing = granting(1);
    refusing.answer->verdict = core::Verdict::promised;
    BOOST_TEST(news.is_news(from("charlie", refusing)));
    core::Message eligible = granting(1);
    eligible.eligible = true;
    BOOST_TEST(news.is_news(from("charlie", eligible)));
    BOOST_TEST(!news.is_news(from("charlie", eligible)));
}

BOOST_AUTO_TEST_CASE(a_change_of_state_is_news_and_so_is_another_run) {
    News news(1);
    BOOST_TEST(news.is_news(from("bravo", plain())));
    core::Message eligible = plain();
    eligible.eligible = true;
    BOOST_TEST(news.is_news(from("bravo", eligible)));
    BOOST_TEST(!news.is_news(from("bravo", eligible)));
    BOOST_TEST(news.is_news(from("bravo", plain())));
    BOOST_TEST(news.is_news(from("bravo", plain(), 2)));
    BOOST_TEST(!news.is_news(from("bravo", plain(), 2)));
}

BOOST_AUTO_TEST_SUITE_END()
