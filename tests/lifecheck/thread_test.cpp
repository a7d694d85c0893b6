#include "belay/lifecheck/thread.hpp"

#include "scratch.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <vector>

using namespace belay::lifecheck;
using namespace std::chrono_literals;
using belay::config::ServiceKind;
using belay::test::ScratchDirectory;
using belay::test::Sleeper;

namespace {

/// Collects what the thread says; any thread.
class Ear {
public:
    Handlers listener() {
        const auto hear = [this](const Health& health) {
            const std::scoped_lock lock(mutex_);
            heard_.push_back(health);
            std::array<char, 16> name{};
            ::pthread_getname_np(::pthread_self(), name.data(), name.size());
            thread_name_ = name.data();
            changed_.notify_all();
        };
        return {.health = hear, .databases = {}, .peers = {}};
    }

    bool hears(bool healthy) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 5s, [&] { return !heard_.empty() && heard_.back().healthy == healthy; });
    }

    bool heard_the_same_twice() {
        const std::scoped_lock lock(mutex_);
        return std::ranges::adjacent_find(heard_) != heard_.end();
    }

    std::string thread_name() {
        const std::scoped_lock lock(mutex_);
        return thread_name_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Health> heard_;
    std::string thread_name_;
};

Setup process(const std::string& pid_file) {
    return {.service = {.kind = ServiceKind::process, .pid_file = pid_file, .address = {}, .interval = 1ms},
            .peers = {},
            .pgpool = {}};
}

Setup kind(ServiceKind kind) {
    return {.service = {.kind = kind, .pid_file = {}, .address = {}}, .peers = {}, .pgpool = {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(lifecheck_thread)

BOOST_AUTO_TEST_CASE(it_says_the_first_verdict_and_each_change_once) {
    const ScratchDirectory scratch;
    Ear ear;
    const auto thread = Thread::start(process(scratch.path() / "a.pid"), ear.listener());
    BOOST_REQUIRE(thread.has_value());
    BOOST_TEST(ear.hears(false));
    BOOST_TEST(ear.thread_name() == "belay-life");
    for (int life = 0; life < 20; ++life) { // each write makes several events, hence several looks
        Sleeper child;
        scratch.write("a.pid", child.line());
        BOOST_TEST(ear.hears(true));
        child.kill();
        BOOST_TEST(ear.hears(false));
    }
    (*thread)->stop();
    (*thread)->stop();
    BOOST_TEST(!ear.heard_the_same_twice());
}

BOOST_AUTO_TEST_CASE(another_service_replaces_the_first_one) {
    const ScratchDirectory scratch;
    Ear ear;
    const auto thread = Thread::start(process(scratch.path() / "none.pid"), ear.listener());
    BOOST_REQUIRE(thread.has_value());
    BOOST_TEST(ear.hears(false));
    BOOST_TEST((*thread)->replace(Setup{}).has_value());
    BOOST_TEST(ear.hears(true));
    const Sleeper child;
    BOOST_TEST((*thread)->replace(process(scratch.path() / "none.pid")).has_value());
    BOOST_TEST(ear.hears(false));
    BOOST_TEST((*thread)->replace(process(scratch.write("a.pid", child.line()))).has_value());
    BOOST_TEST(ear.hears(true));
}

BOOST_AUTO_TEST_CASE(a_service_that_cannot_be_checked_is_refused_and_the_old_check_goes_on) {
    Ear ear;
    BOOST_TEST(!Thread::start(kind(ServiceKind::pgpool), ear.listener())); // without [pgpool]
    const auto thread = Thread::start(Setup{}, ear.listener());
    BOOST_REQUIRE(thread.has_value());
    BOOST_TEST(ear.hears(true));
    Setup later = kind(ServiceKind::pgpool);
    later.pgpool.emplace(); // a restart would bring it
    const belay::Status refused = (*thread)->replace(later);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().text.find("type = pgpool") != std::string::npos);
    BOOST_TEST(ear.hears(true));
}

BOOST_AUTO_TEST_CASE(without_a_pgpool_to_tell_a_command_is_an_error) {
    Ear ear;
    const auto thread = Thread::start(Setup{}, ear.listener());
    BOOST_REQUIRE(thread.has_value());
    std::promise<belay::Status> said;
    (*thread)->look();
    (*thread)->tell(belay::pgpool::command::Detach{.id = 1},
                    [&](belay::Status status) { said.set_value(std::move(status)); });
    const belay::Status status = said.get_future().get();
    BOOST_REQUIRE(!status);
    BOOST_TEST(status.error().text.find("detach 1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
