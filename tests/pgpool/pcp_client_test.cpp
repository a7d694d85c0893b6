#include "belay/pgpool/pcp_client.hpp"

#include "fake_pgpool.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <unistd.h>
#include <utility>

BOOST_AUTO_TEST_SUITE(pcp_client)

using namespace belay;
using namespace belay::pgpool;
using namespace belay::pgpool::test;
using namespace std::chrono_literals;

namespace {

/// Two nodes; L and H are answered in pieces of `cut` bytes.
FakePgpool::Script healthy(std::size_t cut = 0) {
    return [cut](char type, const std::string& id) -> Reply {
        if (type == 'L') {
            return {.bytes = count(2), .cut = cut};
        }
        if (type == 'H') {
            return {.bytes = id == "0" ? node(0, "up", "primary") : node(1, "down"), .cut = cut};
        }
        return {.bytes = done(type == 'Z' ? 'z' : type == 'C' ? 'c' : 'd')};
    };
}

constexpr const char* good_look = "0:up/primary 1:down/standby";

/// Answers `type` with `reply` and all else as `healthy`.
FakePgpool::Script but(char type, Reply reply) {
    return [type, reply = std::move(reply), rest = healthy()](char asked, const std::string& argument) {
        return asked == type ? reply : rest(asked, argument);
    };
}

} // namespace

BOOST_AUTO_TEST_CASE(a_look_logs_in_and_asks_for_every_node) {
    Bench bench(healthy());
    BOOST_TEST(bench.look() == good_look);
    BOOST_TEST(bench.server.heard() == "M R L H0 H1");
}

BOOST_AUTO_TEST_CASE(answers_may_come_in_any_pieces) {
    for (const std::size_t cut : {1U, 2U, 5U, 7U}) {
        Bench bench(healthy(cut));
        BOOST_TEST(bench.look() == good_look);
    }
}

BOOST_AUTO_TEST_CASE(notices_are_passed_over_before_and_after_an_answer) {
    const std::string notice = frame('N', std::string("SDEBUG\0Mhello\0\0", 15));
    Bench bench(but('L', {.bytes = notice + notice + count(2) + notice}));
    BOOST_TEST(bench.look() == good_look);
}

BOOST_AUTO_TEST_CASE(a_kept_connection_serves_the_next_look) {
    Bench bench(healthy());
    bench.look();
    BOOST_TEST(bench.look() == good_look);
    BOOST_TEST(bench.server.heard() == "M R L H0 H1 L H0 H1");
    BOOST_TEST(bench.server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_is_not_kept_in_unquiet_times) {
    Bench bench(healthy());
    bench.setup.keeping.quiet_min = 1h;
    bench.client = std::make_unique<PcpClient>(bench.loop, bench.setup);
    bench.look();
    BOOST_TEST(bench.look() == good_look);
    BOOST_TEST(bench.until([&] { return bench.server.heard() == "M R L H0 H1 X M R L H0 H1 X"; }));
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_given_up) {
    Bench bench(healthy());
    bench.setup.keeping.idle_max = 20ms;
    bench.client = std::make_unique<PcpClient>(bench.loop, bench.setup);
    bench.look();
    BOOST_TEST(bench.until([&] { return bench.server.heard() == "M R L H0 H1 X"; }));
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_closed_in_idle_is_made_again) {
    Bench bench(healthy());
    bench.look();
    bench.server.close_connections();
    BOOST_TEST(bench.look() == good_look);
    BOOST_TEST(bench.server.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(a_fatal_error_that_came_in_idle_is_no_answer) {
    for (const bool closes : {true, false}) {
        bool first = true;
        Bench dying([&](char type, const std::string& id) -> Reply {
            if (type == 'H' && id == "1" && std::exchange(first, false)) {
                return {.bytes = node(1, "down") + error("FATAL", "terminating"), .close = closes};
            }
            return healthy()(type, id);
        });
        BOOST_TEST(dying.look() == good_look);
        BOOST_TEST(dying.look() == good_look);
        BOOST_TEST(dying.server.connections() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(it_is_made_again_only_twice) {
    int looks = 0;
    Bench bench([&](char type, const std::string& id) -> Reply {
        return type == 'L' && ++looks > 1 ? Reply{.bytes = {}, .close = true} : healthy()(type, id);
    });
    bench.look();
    BOOST_TEST(bench.look() == "pgpool-II closed the connection");
    BOOST_TEST(looks == 4); // the first, the one on the kept connection, the two after
}

BOOST_AUTO_TEST_CASE(what_pgpool_cannot_have_taken_is_said_again_when_the_connection_was_lost) {
    bool restarts = false; // its PCP process
    Bench bench([&](char type, const std::string& id) -> Reply {
        return type == 'H' && std::exchange(restarts, false) ? Reply{.bytes = {}, .close = true} : healthy()(type, id);
    });
    bench.server.lose_next_login();
    BOOST_TEST(bench.look() == good_look);
    restarts = true;
    BOOST_TEST(bench.look() == good_look);
    bench.server.lose_next_login();
    BOOST_TEST(bench.tell(command::Attach{.id = 1}) == "done");
    restarts = true;
    BOOST_TEST(bench.tell(command::Attach{.id = 1}) == "done");
}

BOOST_AUTO_TEST_CASE(what_pgpool_may_have_taken_is_not_said_again) {
    int said = 0;
    Bench bench([&](char type, const std::string& id) -> Reply {
        return type == 'C' && ++said > 0 ? Reply{.bytes = {}, .close = true} : healthy()(type, id);
    });
    BOOST_TEST(bench.tell(command::Attach{.id = 1}).contains("pgpool-II closed the connection"));
    BOOST_TEST(said == 1);
}

BOOST_AUTO_TEST_CASE(an_error_says_whether_pgpool_may_have_taken_it) {
    const auto code = [](const FakePgpool::Script& script) {
        Bench bench(script);
        std::optional<Status> told;
        bench.client->tell(command::Attach{.id = 1}, [&](const Status& status) { told = status; });
        BOOST_REQUIRE(bench.until([&] { return told.has_value(); }));
        BOOST_REQUIRE(!told->has_value());
        return told->error().code;
    };
    BOOST_TEST(code(but('H', {.bytes = {}, .close = true})) == not_taken);
    BOOST_TEST(code(but('C', {.bytes = error("ERROR", "not now")})) == not_taken);
    BOOST_TEST(code(but('C', {.bytes = {}, .close = true})) == 0);
    BOOST_TEST(code(but('C', {.bytes = done('z')})) == 0);
}

BOOST_AUTO_TEST_CASE(pgpools_own_words_are_the_error) {
    Bench bench(but('H', {.bytes = error("ERROR", "informing failed", "invalid node ID 7")}));
    BOOST_TEST(bench.look() == "informing failed (invalid node ID 7)");
    BOOST_TEST(bench.look() == "informing failed (invalid node ID 7)");
    BOOST_TEST(bench.server.connections() == 1U); // that error leaves it open
}

BOOST_AUTO_TEST_CASE(a_refused_login_names_user_file_and_reason) {
    Bench bench(healthy());
    bench.server.refuse_login(error("FATAL", "authentication failed for user \"belay\""));
    const std::string text = bench.look();
    BOOST_TEST(text == "login as 'belay' with " + bench.setup.password_file +
                           " refused: authentication failed for user \"belay\"");
    BOOST_TEST(!text.contains("hidden"));
    BOOST_TEST(bench.look() == text);
    BOOST_TEST(bench.server.heard() == "M R M R"); // and nothing was asked without a login
}

BOOST_AUTO_TEST_CASE(the_password_file_is_read_for_each_login) {
    Bench bench(healthy());
    bench.scratch.write("pcppass", "");
    BOOST_TEST(bench.look().starts_with("password file "));
    BOOST_TEST(bench.server.connections() == 0U);
    bench.scratch.write("pcppass", "*:*:*:hidden\n");
    BOOST_TEST(bench.look() == good_look);
}

BOOST_AUTO_TEST_CASE(nobody_there) {
    Bench bench(healthy());
    bench.server.stop_listening();
    BOOST_TEST(bench.look() == "connection refused");
    ::unlink(bench.socket().c_str());
    BOOST_TEST(bench.look() == "no such file or directory");
    bench.setup.address = std::string(200, 'x');
    bench.client = std::make_unique<PcpClient>(bench.loop, bench.setup);
    BOOST_TEST(bench.look().contains("the path of a UNIX socket cannot be empty or that long"));
}

BOOST_AUTO_TEST_CASE(silence_ends_at_the_deadline_and_the_connection_with_it) {
    bool silent = true;
    Bench bench([&](char type, const std::string& id) -> Reply { return silent ? Reply{} : healthy()(type, id); });
    bench.setup.timeout = 200ms;
    bench.client = std::make_unique<PcpClient>(bench.loop, bench.setup);
    BOOST_TEST(bench.look() == "no answer within 200ms");
    silent = false;
    BOOST_TEST(bench.look() == good_look);
    BOOST_TEST(bench.server.heard() == "M R L M R L H0 H1");
}

BOOST_AUTO_TEST_CASE(a_request_may_wait_its_time_away_behind_another) {
    bool asked = false;
    Bench bench([&](char type, const std::string& id) -> Reply {
        return type == 'L' && !std::exchange(asked, true) ? Reply{} : healthy()(type, id);
    });
    bench.setup.timeout = 200ms;
    bench.client = std::make_unique<PcpClient>(bench.loop, bench.setup);
    std::vector<std::string> told;
    bench.client->backends([&](const auto& outcome) { told.push_back(bench.text_of(outcome)); });
    bench.client->tell(command::Attach{.id = 0}, 10ms,
                       [&](const Status& status) { told.push_back(bench.text_of(std::unexpected(status.error()))); });
    bench.client->tell(command::Attach{.id = 0}, 3s,
                       [&](const Status& status) { told.emplace_back(status ? "done" : status.error().text); });
    BOOST_TEST(bench.until([&] { return told.size() == 3U; }));
    const std::vector<std::string> expected{"not asked within 10ms, the requests before took that long",
                                            "no answer within 200ms", "done"};
    BOOST_TEST(told == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nonsense_ends_the_connection) {
    for (const std::string& bytes : {std::string("HTTP/1.1 400 Bad Request\r\n"), std::string("h\xff\xff\xff\xff", 5),
                                     std::string("\0\0\0\0\4", 5), frame('l', "CommandComplete"), count(0).substr(0, 9),
                                     frame('l', std::string("CommandComplete\0"
                                                            "999\0",
                                                            20))}) {
        Bench bench(but('L', {.bytes = bytes, .close = true}));
        const std::string text = bench.look();
        const bool lost = text == "pgpool-II closed the connection"; // in the middle of a frame
        BOOST_TEST((text.starts_with("this is not PCP: ") || lost), text);
        BOOST_TEST(bench.server.heard() == (lost ? "M R L M R L M R L" : "M R L"));
    }
    Bench bench(but('L', {.bytes = done('z')}));
    BOOST_TEST(bench.look() == "an answer 'z' where 'l' was due");
    Bench other(but('H', {.bytes = node(5, "up")}));
    BOOST_TEST(other.look() == "this is not PCP: an answer about database node '5' instead of 0");
}

BOOST_AUTO_TEST_SUITE_END()
