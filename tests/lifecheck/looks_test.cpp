// Looks whose answers the test gives.

#include "belay/lifecheck/looks.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <optional>
#include <vector>

using namespace belay::lifecheck;
using namespace std::chrono_literals;

namespace {

struct Stage {
    boost::asio::io_context loop;
    std::vector<LookDone> begun; ///< the answer to each look, to be given by the test
    int under_way = 0;
    std::vector<Finding> told;
    std::optional<Looks> looks;

    class Scripted final : public Look {
    public:
        explicit Scripted(Stage& stage)
            : stage_(stage) {
            ++stage_.under_way;
        }

        Scripted(const Scripted&) = delete;
        Scripted& operator=(const Scripted&) = delete;
        Scripted(Scripted&&) = delete;
        Scripted& operator=(Scripted&&) = delete;

        ~Scripted() override { --stage_.under_way; }

        [[nodiscard]] std::string_view stage() const override { return "thinking"; }

    private:
        Stage& stage_;
    };

    void start(const Pace& pace) {
        looks.emplace(
            loop, pace,
            [this](LookDone done) {
                begun.push_back(std::move(done));
                return std::make_unique<Scripted>(*this);
            },
            [this](const Finding& finding) { told.push_back(finding); });
    }

    bool until_begun(std::size_t count) {
        const auto end = std::chrono::steady_clock::now() + 5s;
        while (begun.size() < count) {
            loop.restart();
            if (loop.run_one_until(end) == 0) {
                return false;
            }
        }
        return true;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(repeated_looks)

BOOST_AUTO_TEST_CASE(a_look_without_an_answer_ends_at_its_deadline_and_the_next_one_begins) {
    Stage stage;
    stage.start({.interval = 1ms, .timeout = 20ms, .rise = 1, .fall = 1});
    BOOST_TEST(stage.until_begun(2));
    BOOST_TEST(stage.under_way == 1);
    BOOST_REQUIRE(stage.told.size() == 1);
    BOOST_TEST(stage.told[0].problem == "no answer within 20ms (thinking)");
    BOOST_TEST((stage.told[0].healthy == false));
    stage.begun[0](""); // an answer to the first look, too late
    BOOST_TEST(stage.told.size() == 1U);
    BOOST_TEST(stage.under_way == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_counts_once_and_ends_its_look) {
    Stage stage;
    stage.start({.interval = 1h, .timeout = 1h, .rise = 2, .fall = 1});
    stage.begun[0]("");
    stage.begun[0]("it is shy");
    BOOST_TEST(stage.under_way == 0);
    BOOST_REQUIRE(stage.told.size() == 1);
    BOOST_TEST((stage.told[0] == Finding{.healthy = {}, .problem = {}, .in_a_row = 1, .needed = 2}));
}

BOOST_AUTO_TEST_CASE(in_doubt_the_next_look_comes_sooner) {
    Stage stage;
    stage.start({.interval = 200ms, .timeout = 1h, .rise = 1, .fall = 3});
    stage.begun[0]("");
    BOOST_TEST(stage.until_begun(2));
    stage.begun[1]("it is shy");
    const auto doubted = std::chrono::steady_clock::now();
    BOOST_TEST(stage.until_begun(3));
    BOOST_TEST((std::chrono::steady_clock::now() - doubted < 190ms));
}

BOOST_AUTO_TEST_CASE(nothing_happens_after_the_end) {
    Stage stage;
    stage.start({.interval = 1ms, .timeout = 1ms, .rise = 1, .fall = 1});
    stage.looks.reset();
    BOOST_TEST(stage.under_way == 0);
    stage.begun[0]("");
    stage.loop.run();
    BOOST_TEST(stage.told.empty());
    BOOST_TEST(stage.begun.size() == 1U);
}

BOOST_AUTO_TEST_CASE(whoever_is_told_may_end_it) {
    Stage stage;
    int told = 0;
    stage.looks.emplace(
        stage.loop, Pace{.interval = 1ms, .timeout = 1ms, .rise = 1, .fall = 1},
        [&](LookDone) { return std::make_unique<Stage::Scripted>(stage); },
        [&](const Finding&) {
            ++told;
            stage.looks.reset();
        });
    stage.loop.run();
    BOOST_TEST(told == 1);
    BOOST_TEST(stage.under_way == 0);
}

BOOST_AUTO_TEST_SUITE_END()
