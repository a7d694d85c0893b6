#include "namespace.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace belay::testing {

namespace {

constexpr int exit_skipped = 77;

int open_own_namespace() {
    return ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

} // namespace

Namespace::Namespace() {
    const int home = open_own_namespace();
    if (home < 0 || ::unshare(CLONE_NEWNET) != 0) {
        throw std::runtime_error("cannot make a network namespace");
    }
    fd_ = open_own_namespace();
    if (::setns(home, CLONE_NEWNET) != 0) {
        throw std::runtime_error("cannot go back to the first network namespace");
    }
    ::close(home);
    shell("ip link set dev lo up");
}

Namespace::~Namespace() {
    ::close(fd_);
}

void Namespace::run(const std::function<void()>& act) const {
    // A thread of its own, so that the test's thread never leaves its namespace, whatever `act` throws.
    std::exception_ptr problem;
    std::thread([&] {
        try {
            if (::setns(fd_, CLONE_NEWNET) != 0) {
                throw std::runtime_error("cannot enter a network namespace");
            }
            act();
        } catch (...) {
            problem = std::current_exception();
        }
    }).join();
    if (problem) {
        std::rethrow_exception(problem);
    }
}

std::string Namespace::output(const std::string& command) const {
    std::string text;
    run([&] {
        std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
        std::array<char, 4096> part{};
        for (std::size_t size = 1; pipe != nullptr && size > 0;) {
            size = std::fread(part.data(), 1, part.size(), pipe);
            text.append(part.data(), size);
        }
        if (pipe == nullptr || ::pclose(pipe) != 0) {
            throw std::runtime_error(fmt::format("'{}' failed: {}", command, text));
        }
    });
    return text;
}

void Namespace::shell(const std::string& command) const {
    static_cast<void>(output(command));
}

void Namespace::sysctl(const std::string& name, const std::string& value) const {
    run([&] {
        std::ofstream file("/proc/sys/net/" + name);
        file << value << std::flush;
        if (!file) {
            throw std::runtime_error("cannot write /proc/sys/net/" + name);
        }
    });
}

std::string Namespace::path() const {
    return fmt::format("/proc/{}/fd/{}", ::getpid(), fd_);
}

Pair::Pair() {
    left.shell(fmt::format("ip link add name veth0 type veth peer name veth1 netns {}", right.path()));
    left.shell("ip link set dev veth0 up");
    right.shell("ip link set dev veth1 up");
}

bool eventually(const std::function<bool()>& met, int fd) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!met()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
        ::poll(&watched, 1, fd < 0 ? 1 : 100);
    }
    return true;
}

NeedsNamespaces::NeedsNamespaces() {
    std::thread([] {
        if (::unshare(CLONE_NEWNET) != 0) {
            static_cast<void>(
                std::fputs("skipped: this process may not make network namespaces; run it as root\n", stderr));
            std::_Exit(exit_skipped);
        }
    }).join();
}

} // namespace belay::testing
