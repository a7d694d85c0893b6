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

core::Message plain() {
    core::Message message;
    message.role = core::Role::standby;
    return message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(news)

BOOST_AUTO_TEST_CASE(the_first_heartbeat_is_news_and_the_same_again_is_not) {
    News news;
    BOOST_TEST(news.is_news(from("bravo", plain())));
    BOOST_TEST(!news.is_news(from("bravo", plain())));
    BOOST_TEST(news.is_news(from("charlie", plain())));
    BOOST_TEST(!news.is_news(from("bravo", plain())));
}

BOOST_AUTO_TEST_CASE(a_promise_that_runs_on_is_no_news_and_another_promise_is) {
    News news;
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
    News news;
    BOOST_TEST(news.is_news(from("bravo", plain())));
    core::Message asking = plain();
    asking.request.kind = core::RequestKind::renew;
    core::Message answering = plain();
    answering.answer.emplace().to = core::RequestKind::renew;
    for (int times = 0; times < 2; ++times) {
        BOOST_TEST(news.is_news(from("bravo", asking)));
        BOOST_TEST(news.is_news(from("bravo", answering)));
    }
}

BOOST_AUTO_TEST_CASE(a_change_of_state_is_news_and_so_is_another_run) {
    News news;
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
