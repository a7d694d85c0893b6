#pragma once
// A real PostgreSQL server in the network namespace of the test: a cluster of its own in a temporary directory, made
// and run as user `postgres`, on every address of the namespace.

#include "scratch.hpp"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <pwd.h>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace belay::test {

/// Runs a program, in a process group of its own; its output goes to the test's.
inline pid_t start_program(std::vector<std::string> words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t pid = 0;
    const int problem = ::posix_spawnp(&pid, arguments.front(), nullptr, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    BOOST_REQUIRE(problem == 0);
    return pid;
}

/// The same, to its end; whether that was good.
inline bool run_program(std::vector<std::string> words) {
    int status = 0;
    ::waitpid(start_program(std::move(words)), &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

inline void give_to_postgres(const std::filesystem::path& path) {
    const passwd* const user = ::getpwnam("postgres");
    BOOST_REQUIRE(user != nullptr);
    BOOST_REQUIRE(::chown(path.c_str(), user->pw_uid, user->pw_gid) == 0);
}

/// The directory of the newest installed server's programs; empty where there is none.
inline std::filesystem::path postgres_programs() {
    std::filesystem::path newest;
    std::error_code absent;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", absent)) {
        if (std::filesystem::exists(version.path() / "bin/postgres") && version.path() > newest) {
            newest = version.path();
        }
    }
    return newest.empty() ? newest : newest / "bin";
}

/// What is missing to run a server; empty: nothing.
inline std::string postgres_missing() {
    if (postgres_programs().empty()) {
        return "no PostgreSQL server (package postgresql-15)";
    }
    return ::getpwnam("postgres") == nullptr ? "no user postgres" : "";
}

class RealPostgres {
public:
    static constexpr std::uint16_t port = 5432;

    /// The role `asker` has the password "right"; `access` are lines of pg_hba.conf.
    explicit RealPostgres(std::string_view access) {
        ::chmod(home_.path().c_str(), 0755);
        std::filesystem::create_directory(home());
        give_to_postgres(home());
        BOOST_REQUIRE(run_program(as_postgres({program("initdb"), "--pgdata", data(), "--auth=trust", "--no-sync",
                                               "--no-instructions", "--encoding=UTF8", "--locale=C"})));
        const std::string role = home() / "role.sql";
        std::ofstream(role) << "CREATE ROLE asker LOGIN PASSWORD 'right';\n";
        BOOST_REQUIRE(run_program(as_postgres(
            {"sh", "-c", program("postgres") + " --single -D " + data() + " postgres < " + role + " > /dev/null"})));
        std::ofstream(data() + "/pg_hba.conf") << access;
        make_certificate();
        pid_ = start_program(
            as_postgres({program("postgres"), "-D", data(), "--listen_addresses=*", "--port=" + std::to_string(port),
                         "--unix_socket_directories=" + data(), "--fsync=off", "--max_connections=12",
                         "--shared_buffers=16MB", "--ssl=on", "--log_min_messages=panic"}));
    }

    RealPostgres(const RealPostgres&) = delete;
    RealPostgres& operator=(const RealPostgres&) = delete;
    RealPostgres(RealPostgres&&) = delete;
    RealPostgres& operator=(RealPostgres&&) = delete;

    ~RealPostgres() {
        proceed();
        ::kill(pid_, SIGQUIT); // at once: nothing of it is kept
        ::waitpid(pid_, nullptr, 0);
    }

    /// A program's words, to be run as user `postgres`; it ends with the test.
    static std::vector<std::string> as_postgres(std::initializer_list<std::string> words) {
        std::vector<std::string> all{"setpriv",       "--reuid=postgres",    "--regid=postgres",
                                     "--init-groups", "--pdeathsig=SIGQUIT", "--"};
        all.insert(all.end(), words);
        return all;
    }

    /// The postmaster stops, and takes no connections while the kernel goes on accepting them.
    void stop() const { ::kill(pid_, SIGSTOP); }

    void proceed() const { ::kill(pid_, SIGCONT); }

private:
    [[nodiscard]] std::filesystem::path home() const { return home_.path() / "home"; }

    [[nodiscard]] std::string data() const { return home() / "data"; }

    static std::string program(std::string_view name) { return postgres_programs() / name; }

    void make_certificate() const {
        const std::string key = data() + "/server.key";
        BOOST_REQUIRE(
            run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                         "-subj", "/CN=test", "-days", "1", "-keyout", key, "-out", data() + "/server.crt"}));
        give_to_postgres(key);
        ::chmod(key.c_str(), 0600);
        ::chmod((data() + "/server.crt").c_str(), 0644);
    }

    ScratchDirectory home_;
    pid_t pid_ = 0;
};

} // namespace belay::test
