#include "node_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <future>

using namespace belay;
using namespace belay::info;
using namespace belay::info::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// alpha asks, beta answers as the test says.
struct Pair {
    explicit Pair(std::function<void(NodeId, const json&, Reply)> on_request)
        : alpha(setup_of("alpha"))
        , beta(setup_of("beta")) {
        beta.on_request = std::move(on_request);
        alpha.wait_joined("beta");
        beta.wait_joined("alpha");
        alpha.forget();
    }

    TestNode alpha;
    TestNode beta;
};

} // namespace

BOOST_AUTO_TEST_SUITE(ask)

BOOST_AUTO_TEST_CASE(a_request_gets_its_answer) {
    Pair pair(
        [](NodeId from, const json& request, const Reply& reply) { reply({{"from", from.value}, {"got", request}}); });
    const auto answer = pair.alpha.ask("beta", {{"switchover", "gamma"}}, 5s);
    BOOST_REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().text));
    BOOST_TEST(answer->at("from").get<std::uint64_t>() == node_id("alpha").value);
    BOOST_TEST(answer->at("got").at("switchover") == "gamma");
}

BOOST_AUTO_TEST_CASE(answers_in_another_order_find_their_requests) {
    std::vector<std::pair<json, Reply>> kept;
    Pair pair([&kept](NodeId, const json& request, Reply reply) {
        kept.emplace_back(request, std::move(reply));
        if (kept.size() == 2) {
            kept[1].second(kept[1].first);
            kept[0].second(kept[0].first);
            kept[0].second("a second answer");
        }
    });
    std::promise<json> first;
    std::promise<json> second;
    pair.alpha.thread().ask(node_id("beta"), 1, 5s, [&](const Result<json>& got) { first.set_value(got.value()); });
    pair.alpha.thread().ask(node_id("beta"), 2, 5s, [&](const Result<json>& got) { second.set_value(got.value()); });
    BOOST_TEST(second.get_future().get() == json(2));
    BOOST_TEST(first.get_future().get() == json(1));
}

BOOST_AUTO_TEST_CASE(a_deadline_is_kept_and_a_late_answer_ignored) {
    Reply late;
    std::mutex mutex;
    Pair pair([&](NodeId, const json& request, Reply reply) {
        const std::scoped_lock lock(mutex);
        if (request == "slow") {
            late = std::move(reply);
        } else {
            late("too late");
            reply("in time");
        }
    });
    BOOST_TEST(pair.alpha.ask("beta", "slow", 100ms).error().text == "no answer within 100ms");
    BOOST_TEST(pair.alpha.ask("beta", "quick", 5s).value() == json("in time"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_goes_or_is_not_there_fails_the_request) {
    std::promise<void> asked;
    Reply kept;
    Pair pair([&](NodeId, const json&, Reply reply) {
        kept = std::move(reply);
        asked.set_value();
    });
    BOOST_TEST(pair.alpha.ask("gamma", 1, 5s).error().text == "there is no info session with 'gamma'");
    BOOST_TEST(pair.alpha.ask("nobody", 1, 5s).error().text == "there is no info session with 'unknown node'");
    std::promise<std::string> failed;
    pair.alpha.thread().ask(node_id("beta"), 1, 60s,
                            [&](const Result<json>& got) { failed.set_value(got.error().text); });
    asked.get_future().get();
    pair.beta.stop();
    BOOST_TEST(failed.get_future().get() == "the session with 'beta' ended: closed by the peer");
    kept("nobody listens"); // after its thread is gone
}

BOOST_AUTO_TEST_CASE(only_so_many_requests_wait_at_once) {
    std::vector<Reply> kept;
    Pair pair([&kept](NodeId, const json&, Reply reply) { kept.push_back(std::move(reply)); });
    for (int count = 0; count < 64; ++count) {
        pair.alpha.thread().ask(node_id("beta"), count, 60s, [](const Result<json>&) {});
    }
    BOOST_TEST(pair.alpha.ask("beta", 1, 5s).error().text == "64 requests to 'beta' wait for an answer already");
}

BOOST_AUTO_TEST_CASE(requests_and_answers_that_are_too_long_say_so) {
    const std::string huge(300'000, 'x');
    Pair pair([&](NodeId, const json&, const Reply& reply) { reply(huge); });
    BOOST_TEST(pair.alpha.ask("beta", 1, 5s).error().text == "the answer is longer than 262144 bytes");
    BOOST_TEST(pair.alpha.ask("beta", huge, 5s).error().text.starts_with("cannot ask 'beta': a message of 3000"));
    BOOST_TEST(pair.alpha.count_verdicts("beta", Verdict::disconnected) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
