#pragma once
// What the process tests need: a directory that vanishes with the test, and children that are ended by their pid.

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace belay::test {

class ScratchDirectory {
public:
    ScratchDirectory() {
        std::string pattern = std::filesystem::temp_directory_path() / "belay-test-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ScratchDirectory(ScratchDirectory&&) = delete;
    ScratchDirectory& operator=(ScratchDirectory&&) = delete;

    ~ScratchDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Writes a file in place, and gives its path.
    std::string write(const std::filesystem::path& name, std::string_view content) const {
        std::ofstream(path_ / name, std::ios::binary) << content;
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

/// A process that sleeps for an hour, unless killed.
class Sleeper {
public:
    Sleeper() {
        std::string name = "sleep";
        std::string time = "3600";
        const std::array<char*, 3> arguments{name.data(), time.data(), nullptr};
        BOOST_REQUIRE(::posix_spawnp(&pid_, "sleep", nullptr, nullptr, arguments.data(), environ) == 0);
    }

    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    Sleeper(Sleeper&&) = delete;
    Sleeper& operator=(Sleeper&&) = delete;

    ~Sleeper() {
        kill();
        reap();
    }

    /// Leaves a zombie until reap().
    void kill() {
        if (!reaped_) {
            ::kill(pid_, SIGKILL);
            siginfo_t info{};
            ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
        }
    }

    void reap() {
        if (!reaped_) {
            ::waitpid(pid_, nullptr, 0);
            reaped_ = true;
        }
    }

    [[nodiscard]] pid_t pid() const { return pid_; }

    /// As in a pid file.
    [[nodiscard]] std::string line() const { return std::to_string(pid_) + "\n"; }

private:
    pid_t pid_ = 0;
    bool reaped_ = false;
};

} // namespace belay::test
