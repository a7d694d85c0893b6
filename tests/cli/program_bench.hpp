#pragma once
// The real program, run as an operator runs it, beside a daemon that a test plays. It is $BELAY_PROGRAM.

#include "belay/control/reply.hpp"
#include "belay/control/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace belay::cli::testing {

struct Outcome {
    int exit_code = -1; ///< 128 and the number of a signal that ended it
    std::string out;
    std::string err;
};

/// A directory with a daemon that answers as the test tells it.
class Bench {
public:
    Bench() {
        std::string name = "/tmp/belay-cli-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        directory = name;
    }

    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    Bench(Bench&&) = delete;
    Bench& operator=(Bench&&) = delete;

    ~Bench() {
        server_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored);
    }

    void start_daemon(control::Handler handler) {
        control::ServerOptions options;
        options.directory = directory;
        options.access = {.daemon = ::geteuid(), .user = {}, .group = {}};
        auto server = control::Server::open(context_, options, std::move(handler));
        BOOST_REQUIRE(server.has_value());
        server_ = std::move(*server);
    }

    /// Runs `belay --runtime-dir DIRECTORY arguments...` to its end, and the daemon beside it.
    Outcome belay(const std::vector<std::string>& arguments) {
        std::vector<std::string> words{program(), "--runtime-dir", directory};
        words.insert(words.end(), arguments.begin(), arguments.end());
        return run(words);
    }

    Outcome run(std::vector<std::string>& words) {
        std::vector<char*> argv;
        for (std::string& word : words) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        const std::string out = directory + "/.out";
        const std::string err = directory + "/.err";
        posix_spawn_file_actions_t actions{};
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        pid_t child = 0;
        const int code = ::posix_spawn(&child, program().c_str(), &actions, nullptr, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        BOOST_REQUIRE(code == 0);
        int status = 0;
        while (::waitpid(child, &status, WNOHANG) == 0) { // the program's own deadlines end it
            context_.restart();
            context_.run_one_for(std::chrono::milliseconds(2));
        }
        return {.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
                .out = content(out),
                .err = content(err)};
    }

    /// While a program runs.
    void after(std::chrono::milliseconds delay, std::function<void()> work) {
        const auto timer = std::make_shared<boost::asio::steady_timer>(context_, delay);
        timer->async_wait([timer, work = std::move(work)](const boost::system::error_code& cancelled) {
            if (!cancelled) {
                work();
            }
        });
    }

    void end_daemon() { server_.reset(); }

    static std::string program() {
        const char* const path = std::getenv("BELAY_PROGRAM");
        BOOST_REQUIRE_MESSAGE(path != nullptr, "BELAY_PROGRAM does not say where belay is");
        return path;
    }

    static std::string content(const std::string& path) {
        if (!std::filesystem::is_regular_file(path)) {
            return {}; // /dev/full never ends
        }
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string directory;

private:
    boost::asio::io_context context_;
    std::unique_ptr<control::Server> server_;
};

} // namespace belay::cli::testing
