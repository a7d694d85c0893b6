#include "belay/daemon/role_followers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(role_followers)

using namespace belay;
using namespace belay::daemon;
using namespace std::chrono_literals;
using control::request::Confirm;
using control::request::Follow;
using core::Role;
using nlohmann::json;

namespace {

/// Followers 100, 101, ... with the daemon's event loop, and what each was answered.
struct Daemon {
    boost::asio::io_context context;
    RoleFollowers followers{context, {{"run", "r1"}, {"node", "alpha"}}, 100};
    std::vector<FollowersWord> words;

    void become(Role from, Role to) {
        followers.tell(1s, {.node = NodeId{1}, .from = from, .to = to, .term = 7, .reason = {}});
    }

    void await_word(Duration patience) {
        followers.await_word(patience, [this](FollowersWord word) { words.push_back(word); });
    }

    /// The answer arrives here, at once or later.
    std::shared_ptr<std::optional<json>> follow(std::optional<std::uint64_t> after, Duration wait = 10s) {
        auto answer = std::make_shared<std::optional<json>>();
        followers.answer(Follow{.after = after, .wait = wait},
                         [answer](const json& reply) { *answer = reply.at("result"); });
        return answer;
    }

    json confirm(std::uint64_t number, bool ok = true) {
        json answer;
        followers.answer(Confirm{.number = number, .ok = ok}, [&answer](const json& reply) { answer = reply; });
        return answer;
    }

    void run_until(const auto& condition) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!condition()) {
            BOOST_REQUIRE(std::chrono::steady_clock::now() < deadline);
            context.restart();
            context.run_one_for(10ms);
        }
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_newcomer_is_told_the_present_role_at_once) {
    Daemon daemon;
    daemon.become(Role::joining, Role::standby);
    const auto answer = daemon.follow(std::nullopt);
    BOOST_REQUIRE(answer->has_value());
    BOOST_TEST((**answer)["run"] == "r1");
    BOOST_TEST((**answer)["node"] == "alpha");
    const json& change = (**answer)["changes"].at(0);
    BOOST_TEST(change.at("number") == 100U);
    BOOST_TEST(change.at("from") == "joining");
    BOOST_TEST(change.at("to") == "standby");
    BOOST_TEST(change.at("term") == 7U);
    BOOST_TEST(change.at("time") == "1970-01-01T00:00:01.000Z");
    BOOST_TEST(change.at("awaited") == false);
}

BOOST_AUTO_TEST_CASE(all_who_wait_are_told_the_next_change) {
    Daemon daemon;
    daemon.become(Role::joining, Role::standby);
    const auto first = daemon.follow(100);
    const auto second = daemon.follow(100);
    BOOST_TEST(!first->has_value());
    daemon.become(Role::standby, Role::active);
    BOOST_REQUIRE(first->has_value());
    BOOST_REQUIRE(second->has_value());
    BOOST_TEST((**first)["changes"].size() == 1U);
    BOOST_TEST((**second)["changes"].at(0).at("to") == "active");
}

BOOST_AUTO_TEST_CASE(a_wait_ends_with_nothing) {
    Daemon daemon;
    daemon.become(Role::joining, Role::standby);
    const auto answer = daemon.follow(100, 20ms);
    daemon.run_until([&] { return answer->has_value(); });
    BOOST_TEST((**answer)["changes"].empty());
    daemon.become(Role::standby, Role::active); // and is not answered twice
    BOOST_TEST((**answer)["changes"].empty());
}

BOOST_AUTO_TEST_CASE(of_too_many_the_one_that_waits_longest_gives_way) {
    Daemon daemon;
    daemon.become(Role::joining, Role::standby);
    std::vector<std::shared_ptr<std::optional<json>>> answers;
    for (std::size_t count = 0; count < RoleFollowers::waiting_max + 1; ++count) {
        answers.push_back(daemon.follow(100));
    }
    BOOST_REQUIRE(answers[0]->has_value());
    BOOST_TEST((**answers[0])["changes"].empty());
    BOOST_TEST(!answers[1]->has_value());
    daemon.become(Role::standby, Role::active);
    BOOST_TEST((**answers.back())["changes"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_word_of_a_follower_ends_the_wait_for_it) {
    Daemon daemon;
    daemon.await_word(10s);
    daemon.become(Role::standby, Role::active);
    BOOST_TEST((**daemon.follow(std::nullopt))["changes"].at(0).at("awaited") == true);
    BOOST_TEST(daemon.words.empty());
    BOOST_TEST(daemon.confirm(100).at("ok") == true);
    BOOST_TEST((daemon.words == std::vector{FollowersWord::confirmed}));
    BOOST_TEST((**daemon.follow(std::nullopt))["changes"].at(0).at("awaited") == false);
    const json again = daemon.confirm(100);
    BOOST_TEST(again.at("ok") == false);
    BOOST_TEST(again.at("error") == "change 100 is not waited for (any more)");
    BOOST_TEST(daemon.words.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_command_that_failed_ends_it_too) {
    Daemon daemon;
    daemon.await_word(10s);
    daemon.become(Role::standby, Role::active);
    static_cast<void>(daemon.confirm(100, false));
    BOOST_TEST((daemon.words == std::vector{FollowersWord::failed}));
}

BOOST_AUTO_TEST_CASE(words_about_other_changes_end_nothing) {
    Daemon daemon;
    daemon.become(Role::joining, Role::standby);
    daemon.await_word(10s);
    BOOST_TEST(daemon.confirm(101).at("ok") == false); // nobody can have carried it out: it was not told yet
    daemon.become(Role::standby, Role::active);
    BOOST_TEST(daemon.confirm(100).at("ok") == false);
    BOOST_TEST(daemon.confirm(102).at("ok") == false);
    BOOST_TEST(daemon.words.empty());
}

BOOST_AUTO_TEST_CASE(nobody_is_waited_for_longer_than_asked) {
    Daemon daemon;
    daemon.await_word(20ms);
    daemon.become(Role::standby, Role::active);
    daemon.run_until([&] { return !daemon.words.empty(); });
    BOOST_TEST((daemon.words == std::vector{FollowersWord::none}));
}

BOOST_AUTO_TEST_CASE(a_stop_shortens_the_wait_and_never_lengthens_it) {
    Daemon daemon;
    daemon.await_word(10min);
    daemon.become(Role::active, Role::standby);
    daemon.followers.hurry(20ms);
    daemon.followers.hurry(10min);
    daemon.run_until([&] { return !daemon.words.empty(); });
    BOOST_TEST((daemon.words == std::vector{FollowersWord::none}));
    daemon.followers.hurry(1ms); // of no wait
}

BOOST_AUTO_TEST_CASE(the_wait_before_the_announcements_is_over_with_the_role) {
    Daemon daemon;
    daemon.await_word(10min);
    daemon.become(Role::standby, Role::active);
    daemon.become(Role::active, Role::standby); // its lease ran out: that is not waited for
    BOOST_TEST((daemon.words == std::vector{FollowersWord::late}));
    BOOST_TEST(daemon.confirm(100).at("ok") == false);
}

BOOST_AUTO_TEST_CASE(a_newer_wait_ends_the_older_one) {
    Daemon daemon;
    daemon.await_word(10min);
    daemon.become(Role::standby, Role::active);
    daemon.await_word(10min);
    BOOST_TEST((daemon.words == std::vector{FollowersWord::late}));
    daemon.become(Role::active, Role::standby);
    daemon.become(Role::standby, Role::refused); // the release is still waited for
    BOOST_TEST(daemon.words.size() == 1U);
    BOOST_TEST(daemon.confirm(101).at("ok") == true);
    BOOST_TEST((daemon.words == std::vector{FollowersWord::late, FollowersWord::confirmed}));
}

BOOST_AUTO_TEST_SUITE_END()
