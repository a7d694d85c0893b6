#include "run_command.hpp"

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace belay::cli {

namespace {

constexpr int not_found = 127;
constexpr int not_executable = 126;
constexpr int signal_base = 128;

[[noreturn]] void become(std::vector<char*>& words, const Environment& added, const sigset_t* blocked) {
    if (blocked != nullptr) {
        ::sigprocmask(SIG_SETMASK, blocked, nullptr); // NOLINT(concurrency-mt-unsafe): the child has one thread
    }
    for (const auto& [name, value] : added) {
        ::setenv(name.c_str(), value.c_str(), 1); // NOLINT(concurrency-mt-unsafe): the child has one thread
    }
    ::execvp(words.front(), words.data());
    ::_exit(errno == ENOENT ? not_found : not_executable);
}

} // namespace

Result<int> run_command(const std::vector<std::string>& command, const Environment& added, const sigset_t* blocked) {
    assert(!command.empty());
    std::vector<std::string> copies = command; // execvp() wants them writable
    std::vector<char*> words;
    words.reserve(copies.size() + 1);
    for (std::string& word : copies) {
        words.push_back(word.data());
    }
    words.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) {
        return fail_errno(errno, "cannot start '{}'", command.front());
    }
    if (child == 0) {
        become(words, added, blocked);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return fail_errno(errno, "cannot wait for '{}'", command.front());
        }
    }
    return WIFSIGNALED(status) ? signal_base + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace belay::cli
