// What a process in the sandbox can still do, and what it cannot. How much a kernel forbids depends on its age.

#include "belay/daemon/sandbox.hpp"

#include "belay/base/unique_fd.hpp"
#include "child.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <linux/bpf.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(sandbox)

using namespace belay::daemon;
using belay::UniqueFd;
using belay::test::in_child;

namespace {

namespace fs = std::filesystem;

/// Two directories, of which the sandbox is told the first; a file in each.
struct Directories {
    Directories() {
        std::string name = "/tmp/belay-sandbox-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        top = name;
        for (const fs::path& directory : {inside(), outside()}) {
            fs::create_directory(directory);
            const UniqueFd file(::open((directory / "file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
            BOOST_REQUIRE(static_cast<bool>(file));
        }
    }

    Directories(const Directories&) = delete;
    Directories& operator=(const Directories&) = delete;
    Directories(Directories&&) = delete;
    Directories& operator=(Directories&&) = delete;

    ~Directories() { fs::remove_all(top); }

    [[nodiscard]] fs::path inside() const { return top / "inside"; }

    [[nodiscard]] fs::path outside() const { return top / "outside"; }

    fs::path top;
};

/// "ok", or the name of what the last call said.
std::string said(long result) {
    return result >= 0 ? "ok" : ::strerrorname_np(errno);
}

std::string try_open(const fs::path& path, int flags) {
    return said(UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, 0600)).get());
}

std::string try_listen(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return said(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

/// All that a daemon does with files, in one directory.
std::string try_all(const fs::path& directory) {
    std::string seen = "read " + try_open(directory / "file", O_RDONLY);
    seen += ", write " + try_open(directory / "file", O_WRONLY);
    seen += ", make " + try_open(directory / "fresh", O_WRONLY | O_CREAT | O_EXCL);
    seen += ", rename " + said(::rename((directory / "file").c_str(), (directory / "other").c_str()));
    seen += ", listen " + try_listen(directory / "socket");
    const bool renamed = fs::exists(directory / "other");
    return seen + ", remove " + said(::unlink((directory / (renamed ? "other" : "file")).c_str()));
}

std::string try_spawn() {
    pid_t child = 0;
    char* arguments[] = {nullptr};
    errno = ::posix_spawn(&child, "/bin/true", nullptr, nullptr, static_cast<char**>(arguments), nullptr);
    return said(errno == 0 ? 0 : -1);
}

std::string try_fork() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    return said(child);
}

std::string try_thread() {
    std::string seen = "no thread";
    std::thread([&] { seen = "thread " + try_fork(); }).join();
    return seen;
}

/// Code that is written at run time, by both ways.
std::string try_new_code() {
    void* const both = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const std::string mapped = both == MAP_FAILED ? "refused" : "mapped";
    void* const data = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mapped + (::mprotect(data, 4096, PROT_READ | PROT_EXEC) == 0 ? ", made" : ", refused");
}

} // namespace

BOOST_AUTO_TEST_CASE(files_are_changed_in_one_directory_only) {
    const Directories directories;
    const std::string seen = in_child([&] {
        const auto version = forbid_foreign_files(directories.inside());
        return version ? (*version > 0 ? "" : "no Landlock\n") + try_all(directories.inside()) + "\n" +
                             try_all(directories.outside())
                       : version.error().text;
    });
    const std::string free = "read ok, write ok, make ok, rename ok, listen ok, remove ok";
    const std::string shut = "read ok, write EACCES, make EACCES, rename EACCES, listen EACCES, remove EACCES";
    const bool none = seen.starts_with("no Landlock\n");
    BOOST_TEST(seen == (none ? "no Landlock\n" + free + "\n" + free : free + "\n" + shut));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_named) {
    BOOST_TEST(in_child([] {
                   const auto done = forbid_foreign_files("/nonexistent/run");
                   return done ? "Landlock " + std::to_string(*done) : done.error().text;
               }) == (in_child([] { return std::to_string(forbid_foreign_files("/").value_or(-1)); }) == "0"
                          ? "Landlock 0"
                          : "cannot open /nonexistent/run for Landlock: No such file or directory"));
}

BOOST_AUTO_TEST_CASE(no_other_process_is_signalled) {
    const Directories directories;
    const std::string seen = in_child([&] {
        const int version = forbid_foreign_files(directories.inside()).value_or(0);
        return std::to_string(version) + " " + said(::kill(::getppid(), 0)) + " " + said(::kill(::getpid(), 0));
    });
    BOOST_TEST(seen.substr(seen.find(' ')) == (std::stoi(seen) < 6 ? " ok ok" : " EPERM ok"));
}

BOOST_AUTO_TEST_CASE(threads_start_and_processes_do_not) {
    BOOST_TEST(in_child([] {
                   const belay::Status done = forbid_system_calls();
                   return done ? try_thread() + ", spawn " + try_spawn() + ", exec " +
                                     said(::execl("/bin/true", "true", nullptr))
                               : done.error().text;
               }) == "thread EPERM, spawn EPERM, exec EPERM");
}

BOOST_AUTO_TEST_CASE(what_no_daemon_needs_is_forbidden_to_root_as_well) {
    BOOST_TEST(in_child([] {
                   const belay::Status done = forbid_system_calls();
                   bpf_attr nothing{};
                   const timespec epoch{};
                   return (done ? "" : done.error().text) + said(::unshare(CLONE_NEWNS)) + " " +
                          said(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)) + " " +
                          said(::syscall(SYS_bpf, BPF_MAP_CREATE, &nothing, sizeof nothing)) + " " +
                          said(::clock_settime(CLOCK_REALTIME, &epoch)) + " " + said(::chroot("/")) + " " +
                          said(::setuid(0));
               }) == "EPERM EPERM EPERM EPERM EPERM EPERM");
}

BOOST_AUTO_TEST_CASE(the_filter_leaves_sockets_and_clocks_alone) {
    BOOST_TEST(in_child([] {
                   const belay::Status done = forbid_system_calls();
                   timespec now{};
                   const UniqueFd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
                   return (done ? "" : done.error().text) + said(netlink.get()) + " " +
                          said(::clock_gettime(CLOCK_BOOTTIME, &now));
               }) == "ok ok");
}

BOOST_AUTO_TEST_CASE(memory_that_was_writable_never_becomes_code) {
    const std::string seen = in_child([] {
        const auto done = forbid_new_code();
        return done ? (*done ? "forbidden: " : "not in this kernel: ") + try_new_code() : done.error().text;
    });
    BOOST_TEST(seen ==
               (seen.starts_with("not in") ? "not in this kernel: mapped, made" : "forbidden: refused, refused"));
}

BOOST_AUTO_TEST_SUITE_END()
