#include "belay/lifecheck/process.hpp"

#include "belay/base/clock.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace belay::lifecheck {

namespace {

/// Field 22 of /proc/PID/stat (proc(5)): clock ticks from the boot to the start, on CLOCK_BOOTTIME since Linux 5.5.
/// The second field, the name, may hold blanks and parentheses; nothing after its last parenthesis does.
Result<std::int64_t> start_ticks(std::string_view stat) {
    const std::size_t name_end = stat.rfind(')');
    if (name_end != std::string_view::npos) {
        std::string_view rest = stat.substr(name_end + 1);
        for (int field = 3; field < 22; ++field) {
            const std::size_t blank = rest.find(' ', 1);
            rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank);
        }
        std::int64_t ticks = 0;
        if (rest.size() > 1 && std::from_chars(rest.data() + 1, rest.data() + rest.size(), ticks).ec == std::errc{}) {
            return ticks;
        }
    }
    return fail("no start time in \"{}\"", stat);
}

} // namespace

Result<UniqueFd> open_process(pid_t pid) {
    // By number: <sys/pidfd.h> of glibc 2.36 declares the function with C++ linkage, which it does not have.
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) {
        return fail_errno(errno, "cannot watch pid {}", pid);
    }
    if (has_ended(pidfd.get())) {
        return fail_errno(ESRCH, "cannot watch pid {}", pid);
    }
    return pidfd;
}

bool has_ended(int pidfd) {
    pollfd wanted{.fd = pidfd, .events = POLLIN, .revents = 0};
    return ::poll(&wanted, 1, 0) == 1;
}

Result<Duration> started_at(pid_t pid) {
    const std::string path = fmt::format("/proc/{}/stat", pid);
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 1024> content{};
    const ssize_t size = file ? ::read(file.get(), content.data(), content.size()) : -1;
    if (size < 0) {
        return fail_errno(errno, "cannot read {}", path);
    }
    const Result<std::int64_t> ticks = start_ticks({content.data(), static_cast<std::size_t>(size)});
    if (!ticks) {
        return std::unexpected(ticks.error());
    }
    const Duration since_boot = Duration(std::chrono::seconds(1)) / ::sysconf(_SC_CLK_TCK) * *ticks;
    return wall_now() - boot_now().time_since_epoch() + since_boot;
}

} // namespace belay::lifecheck
