#pragma once
// Rights that are dropped are gone for good, so what drops some runs in a child process of its own; it comes back with
// a text that says what it saw.

#include <array>
#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace belay::test {

/// What `act` returns in a child process that does nothing else.
inline std::string in_child(const std::function<std::string()>& act) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        const std::string answer = act();
        const ssize_t written = ::write(ends[1], answer.data(), answer.size());
        ::_exit(written == static_cast<ssize_t>(answer.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string answer;
    std::array<char, 4096> part{};
    for (ssize_t size = 0; (size = ::read(ends[0], part.data(), part.size())) > 0;) {
        answer.append(part.data(), static_cast<std::size_t>(size));
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return answer;
}

} // namespace belay::test
