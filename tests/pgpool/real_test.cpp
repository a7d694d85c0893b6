#include "belay/pgpool/pcp_client.hpp"

#include "scratch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <pwd.h>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

BOOST_AUTO_TEST_SUITE(real)

using namespace belay;
using namespace belay::pgpool;
using namespace std::chrono_literals;

namespace {

/// Runs tests/pgpool/real_pgpool as user postgres, in a process group of its own.
pid_t start(const std::string& act, const std::string& directory) {
    const char* const script = std::getenv("BELAY_REAL_PGPOOL");
    BOOST_REQUIRE(script != nullptr);
    std::vector<std::string> words{"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", script,
                                   act,       directory};
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t pid = 0;
    BOOST_REQUIRE(::posix_spawnp(&pid, "setpriv", nullptr, &attributes, arguments.data(), environ) == 0);
    ::posix_spawnattr_destroy(&attributes);
    return pid;
}

bool ended_well(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// One for all cases, which leave primary 0 and standby 1 attached.
struct Lab {
    Lab() {
        const passwd* const user = ::getpwnam("postgres");
        const std::string home = scratch.file(".");
        BOOST_REQUIRE(::chown(home.c_str(), user->pw_uid, user->pw_gid) == 0);
        BOOST_REQUIRE(ended_well(start("databases", scratch.file(""))));
        start_pool();
    }

    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;
    Lab(Lab&&) = delete;
    Lab& operator=(Lab&&) = delete;

    ~Lab() {
        kill_pool();
        ended_well(start("stop", scratch.file("")));
    }

    void start_pool() { pool = start("pool", scratch.file("")); }

    /// The whole group: a pgpool-II whose parent alone is gone leaves children.
    void kill_pool() {
        if (pool != 0) {
            ::kill(-pool, SIGKILL);
            ::waitpid(pool, nullptr, 0);
            for (const char* left : {".s.PGSQL.9898", ".s.PGSQL.9999", "pgpool.pid"}) {
                ::unlink(scratch.file(left).c_str());
            }
            pool = 0;
        }
    }

    static Lab& get() { return **instance; }

    inline static std::optional<std::unique_ptr<Lab>> instance;

    test::Scratch scratch;
    pid_t pool = 0;
};

struct Running {
    Running() { Lab::instance = std::make_unique<Lab>(); }

    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    Running(Running&&) = delete;
    Running& operator=(Running&&) = delete;

    ~Running() { Lab::instance.reset(); }
};

constexpr std::string_view healthy = "0:up/primary 1:up/standby";

struct Fixture {
    Fixture() { use(lab.scratch.file(".s.PGSQL.9898")); }

    void use(std::variant<Endpoint, std::string> address, std::string_view password = "hidden") {
        client = std::make_unique<PcpClient>(
            loop, PcpSetup{.address = std::move(address),
                           .user = "belay",
                           .password_file = own.write("pcppass", "*:*:*:" + std::string(password) + "\n"),
                           .timeout = 3s,
                           .keeping = keeping});
    }

    bool until(const std::function<bool()>& condition, Duration deadline = 30s) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (!condition()) {
            loop.restart();
            if (loop.run_one_until(end) == 0) {
                return false;
            }
        }
        return true;
    }

    /// "0:up/primary 1:up/standby", or the error.
    std::string look() {
        std::optional<std::string> text;
        client->backends([&](const Result<std::vector<Backend>>& outcome) {
            text = outcome ? "" : outcome.error().text;
            for (const Backend& backend : outcome.value_or(std::vector<Backend>())) {
                *text += fmt::format("{}{}:{}/{}", text->empty() ? "" : " ", backend.id, to_text(backend.status),
                                     to_text(backend.role));
            }
        });
        return until([&] { return text.has_value(); }) ? *text : "no callback";
    }

    std::string tell(const Command& command) {
        std::optional<std::string> text;
        client->tell(command, [&](const Status& status) { text = status ? "done" : status.error().text; });
        return until([&] { return text.has_value(); }) ? *text : "no callback";
    }

    /// Looks until that is seen; false at the deadline.
    bool until_seen(std::string_view wanted, Duration deadline = 30s) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        std::string seen;
        while (std::chrono::steady_clock::now() < end) {
            seen = look();
            if (seen == wanted) {
                return true;
            }
        }
        BOOST_TEST_MESSAGE("seen last: " << seen);
        return false;
    }

    /// The attach of the case before may still be carried out, and PCP be away for a moment.
    bool until_healthy_for(Duration time, Duration deadline = 30s) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        auto since = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() < end && std::chrono::steady_clock::now() - since < time) {
            const std::string seen = look();
            if (seen != healthy) {
                BOOST_TEST_MESSAGE("not healthy: " << seen);
                since = std::chrono::steady_clock::now();
            }
        }
        return std::chrono::steady_clock::now() < end;
    }

    Lab& lab = Lab::get();
    test::Scratch own;
    boost::asio::io_context loop;
    PcpKeeping::Limits keeping;
    std::unique_ptr<PcpClient> client;
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(Running);

BOOST_FIXTURE_TEST_CASE(it_is_found_by_a_unix_socket_and_by_tcp, Fixture) {
    BOOST_TEST(until_seen(healthy));
    use(parse_endpoint("127.0.0.1:9898").value());
    BOOST_TEST(look() == healthy);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_password_is_refused, Fixture) {
    use(lab.scratch.file(".s.PGSQL.9898"), "wrong");
    const std::string text = look();
    BOOST_TEST(text.contains("refused: authentication failed for user \"belay\""), text);
    BOOST_TEST(!text.contains("wrong"));
}

BOOST_FIXTURE_TEST_CASE(a_standby_is_detached_and_attached_again, Fixture) {
    BOOST_TEST(tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(until_seen("0:up/primary 1:down/standby"));
    BOOST_TEST(tell(command::Detach{.id = 1}) == "done"); // it is so
    BOOST_TEST(tell(command::Attach{.id = 1}) == "done");
    BOOST_TEST(until_seen(healthy));
    BOOST_TEST(tell(command::Attach{.id = 1}) == "done");
}

/// With a connection that is kept across the change, pgpool-II would not attach before age_max was over.
BOOST_FIXTURE_TEST_CASE(a_client_that_goes_on_looking_holds_nothing_up, Fixture) {
    keeping.quiet_min = 3s;
    use(lab.scratch.file(".s.PGSQL.9898"));
    BOOST_REQUIRE(until_healthy_for(3500ms)); // and the connection is kept
    Fixture other;
    BOOST_TEST(other.tell(command::Detach{.id = 1}) == "done");
    BOOST_TEST(until_seen("0:up/primary 1:down/standby"));
    BOOST_TEST(other.tell(command::Attach{.id = 1}) == "done");
    BOOST_TEST(until_seen(healthy, 15s));
}

BOOST_FIXTURE_TEST_CASE(what_does_not_exist_or_is_not_set_up_is_refused_in_its_words, Fixture) {
    BOOST_TEST(tell(command::Attach{.id = 7}).ends_with("(invalid node ID 7)"));
    BOOST_TEST(tell(command::Recover{.id = 0}).contains("primary server cannot be recovered by online recovery"));
    BOOST_TEST(tell(command::Recover{.id = 1}).contains("node recovery failed, node id: 1 is alive"));
    BOOST_TEST(tell(command::Claim{.id = 0}) == "done"); // it is the primary
    BOOST_TEST(look() == healthy);
}

BOOST_FIXTURE_TEST_CASE(it_reads_its_configuration_again, Fixture) {
    std::optional<Status> reloaded;
    client->reload([&](const Status& status) { reloaded = status; });
    BOOST_TEST(until([&] { return reloaded.has_value(); }));
    BOOST_TEST(reloaded->has_value());
    BOOST_TEST(until_seen(healthy));
}

BOOST_FIXTURE_TEST_CASE(a_stopped_one_is_silent_until_the_deadline, Fixture) {
    BOOST_TEST(look() == healthy);
    ::kill(-lab.pool, SIGSTOP);
    const std::string text = look();
    ::kill(-lab.pool, SIGCONT);
    BOOST_TEST(text.ends_with("no answer to the login within 3s"), text);
    BOOST_TEST(until_seen(healthy));
}

BOOST_FIXTURE_TEST_CASE(a_killed_one_is_not_there_and_the_next_one_is_found, Fixture) {
    keeping.quiet_min = {};
    use(lab.scratch.file(".s.PGSQL.9898"));
    BOOST_TEST(look() == healthy);
    lab.kill_pool();
    BOOST_TEST(look().ends_with("no such file or directory"));
    lab.start_pool();
    BOOST_TEST(until_seen(healthy));
}

/// Last: 0 is marked down by it, and attached again.
BOOST_FIXTURE_TEST_CASE(another_primary_is_claimed, Fixture) {
    BOOST_TEST(tell(command::Claim{.id = 1}) == "done");
    BOOST_TEST(until_seen("0:down/standby 1:up/primary"));
    BOOST_TEST(tell(command::Claim{.id = 1}) == "done");
}

BOOST_AUTO_TEST_SUITE_END()
