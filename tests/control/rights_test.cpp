// Who may ask what, tried by processes of other users and groups. Needs root, to become them.
#define BOOST_TEST_MODULE control_rights
#include "belay/control/client.hpp"
#include "support.hpp"

#include <grp.h>
#include <iostream>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <vector>

using namespace belay::control;
using namespace belay::control::testing;
using namespace std::chrono_literals;
using boost::asio::io_context;

namespace {

// Ids that no account of the host needs to have.
constexpr uid_t daemon_user = 61'001;
constexpr uid_t belay_user = 61'002;
constexpr gid_t belay_group = 61'003;
constexpr uid_t stranger = 61'004;
constexpr gid_t other_group = 61'005;
constexpr uid_t pgpool_user = 61'006;
constexpr uid_t hooks_user = 61'007;

struct RootOnly {
    RootOnly() {
        if (::geteuid() != 0) {
            std::cerr << "skipped: only root can become other users\n";
            std::_Exit(77);
        }
    }
};

struct Identity {
    uid_t uid;
    gid_t gid;
    std::vector<gid_t> groups;
};

/// Becomes `who`, calls, and gives the outcome as one word or the error's text. Runs in a child process.
std::string outcome_as(const Identity& who, const std::string& path, const Request& request) {
    if (::setgroups(who.groups.size(), who.groups.data()) != 0 || ::setresgid(who.gid, who.gid, who.gid) != 0 ||
        ::setresuid(who.uid, who.uid, who.uid) != 0) {
        return "cannot become the user";
    }
    const auto answer = call(path, request, 20s);
    if (!answer) {
        return answer.error().failure == CallFailure::permission_denied ? "permission denied" : answer.error().text;
    }
    return answer->ok ? "done" : answer->error;
}

/// A daemon of user 61001 on a host with user and group belay.
struct Host {
    Host() {
        ServerOptions options;
        options.directory = directory.path;
        options.access = {
            .daemon = daemon_user, .user = belay_user, .group = belay_group, .guard = pgpool_user, .hooks = hooks_user};
        server = open_server(context, options);
    }

    std::string ask(const Identity& who, const Request& request) {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::pipe(ends.data()) == 0);
        const pid_t child = ::fork();
        BOOST_REQUIRE(child >= 0);
        if (child == 0) {
            const std::string outcome = outcome_as(who, directory.socket(), request);
            std::_Exit(::write(ends[1], outcome.data(), outcome.size()) < 0 ? 1 : 0);
        }
        ::close(ends[1]);
        pollfd ready{.fd = ends[0], .events = POLLIN, .revents = 0};
        BOOST_TEST(run_until(context, [&] { return ::poll(&ready, 1, 0) == 1; }));
        std::array<char, 4096> outcome{};
        const ssize_t size = ::read(ends[0], outcome.data(), outcome.size());
        ::close(ends[0]);
        ::waitpid(child, nullptr, 0);
        return {outcome.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
    }

    Directory directory;
    io_context context;
    std::unique_ptr<Server> server;
};

const Identity root{.uid = 0, .gid = 0, .groups = {}};
const Identity same_as_daemon{.uid = daemon_user, .gid = other_group, .groups = {}};
const Identity same_as_belay{.uid = belay_user, .gid = belay_group, .groups = {}};
const Identity primary_member{.uid = stranger, .gid = belay_group, .groups = {}};
const Identity supplementary_member{.uid = stranger, .gid = other_group, .groups = {other_group, belay_group}};
const Identity pgpool{.uid = pgpool_user, .gid = other_group, .groups = {belay_group}};
const Identity hooks{.uid = hooks_user, .gid = belay_group, .groups = {}};
const Identity outsider{.uid = stranger, .gid = other_group, .groups = {other_group}};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(RootOnly);

BOOST_AUTO_TEST_SUITE(control_rights)

BOOST_AUTO_TEST_CASE(file_itself_keeps_strangers_out) {
    Host host;
    struct stat status{};
    BOOST_REQUIRE(::stat(host.directory.socket().c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777U) == 0660U);
    BOOST_TEST(status.st_gid == belay_group);
    BOOST_TEST(host.ask(outsider, request::Status{}) == "permission denied");
    BOOST_TEST(host.server->counters().clients_refused_rights == 0U);
}

BOOST_AUTO_TEST_CASE(members_of_the_group_read_and_the_daemons_users_change) {
    Host host;
    BOOST_REQUIRE(::chmod(host.directory.socket().c_str(), 0666) == 0); // the second line of defence alone
    const std::string read_only = "'reload' changes things: only root and user belay may ask it; try with sudo";
    for (const Identity& who : {root, same_as_daemon, same_as_belay}) {
        BOOST_TEST(host.ask(who, request::Status{}) == "done");
        BOOST_TEST(host.ask(who, request::Reload{}) == "done");
    }
    for (const Identity& who : {primary_member, supplementary_member}) {
        BOOST_TEST(host.ask(who, request::Status{}) == "done");
        BOOST_TEST(host.ask(who, request::Reload{}) == read_only);
    }
    BOOST_TEST(host.ask(outsider, request::Status{})
                   .starts_with("you may not ask this daemon: only root, user belay and members of group belay may"));
    BOOST_TEST(host.server->counters().requests == 8U);
    BOOST_TEST(host.server->counters().requests_refused_rights == 2U);
    BOOST_TEST(host.server->counters().clients_refused_rights == 1U);
}

BOOST_AUTO_TEST_CASE(users_of_pgpool_and_of_the_hooks_ask_what_is_theirs) {
    Host host;
    BOOST_REQUIRE(::chmod(host.directory.socket().c_str(), 0666) == 0); // the daemon's user is not in group belay here
    const Request guard = request::Guard{.kind = {}, .id = 0, .new_main = {}, .old_primary = {}, .deadline = 1s};
    const Request guard_done = request::GuardDone{.ticket = "t", .exit_code = 0};
    const Request confirm = request::Confirm{};
    const std::string for_pgpool = " is for the hooks of pgpool-II: only root, user belay and the 'user' of section "
                                   "[pgpool] may ask it";
    const std::string for_hooks = "'confirm' is for the hooks of this node: only root, user belay and the 'user' of "
                                  "section [hooks] may ask it";
    for (const Request& asked : {guard, guard_done, confirm}) {
        for (const Identity& who : {root, same_as_daemon, same_as_belay}) {
            BOOST_TEST(host.ask(who, asked) == "done");
        }
    }
    for (const Request& asked : {guard, guard_done}) {
        BOOST_TEST(host.ask(pgpool, asked) == "done");
        BOOST_TEST(host.ask(hooks, asked).ends_with(for_pgpool));
        BOOST_TEST(host.ask(primary_member, asked).ends_with(for_pgpool));
    }
    BOOST_TEST(host.ask(hooks, confirm) == "done");
    BOOST_TEST(host.ask(pgpool, confirm) == for_hooks);
    BOOST_TEST(host.ask(primary_member, confirm) == for_hooks);
    for (const Identity& who : {pgpool, hooks}) {
        BOOST_TEST(host.ask(who, request::Follow{}) == "done");
        BOOST_TEST(host.ask(who, request::Reload{}).starts_with("'reload' changes things"));
    }
}

BOOST_AUTO_TEST_CASE(member_of_very_many_groups_is_still_known) {
    Host host;
    Identity busy{.uid = stranger, .gid = other_group, .groups = {}};
    for (gid_t group = 70'000; group < 71'000; ++group) {
        busy.groups.push_back(group);
    }
    busy.groups.push_back(belay_group);
    BOOST_TEST(host.ask(busy, request::Status{}) == "done");
}

BOOST_AUTO_TEST_CASE(host_without_the_group_serves_root_and_the_daemons_user_only) {
    const AccessRules bare{.daemon = daemon_user, .user = {}, .group = {}, .guard = {}, .hooks = {}};
    BOOST_TEST(rights_of({.uid = stranger, .gid = 0, .groups = {0}}, bare).none());
    BOOST_TEST((rights_of({.uid = daemon_user, .gid = 0, .groups = {}}, bare) == Rights::all()));
}

BOOST_AUTO_TEST_CASE(users_are_looked_up_by_name) {
    BOOST_TEST((look_up_user("root") == uid_t{0}));
    BOOST_TEST(!look_up_user("no-such-user-here"));
}

BOOST_AUTO_TEST_CASE(readers_leave_room_for_the_operator) {
    const Directory directory;
    io_context context;
    ServerOptions options = options_for(directory);
    options.access = {.daemon = daemon_user, .user = {}, .group = belay_group, .guard = {}, .hooks = {}};
    options.clients_max = 3;
    options.clients_reserved = 1;
    const auto server = open_server(context, options);
    BOOST_REQUIRE(::setegid(belay_group) == 0); // this process becomes a reader, as the kernel sees it at connect(2)
    BOOST_REQUIRE(::seteuid(stranger) == 0);
    std::vector<RawClient> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back(directory.socket());
    }
    BOOST_REQUIRE(::seteuid(0) == 0);
    BOOST_REQUIRE(::setegid(0) == 0);
    BOOST_TEST(run_until(context, [&] { return server->counters().clients_refused_full == 1; }));
    BOOST_TEST(server->clients() == 2U);
    const RawClient operator_(directory.socket());
    BOOST_TEST(run_until(context, [&] { return server->clients() == 3; }));
}

BOOST_AUTO_TEST_SUITE_END()
