// By system calls, because glibc has no functions for them, and with the figures of landlock(7), because the kernel's
// headers of a build machine may be older than the kernel that is met.

#include "belay/base/unique_fd.hpp"
#include "belay/daemon/sandbox.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace belay::daemon {

namespace {

constexpr std::uint32_t ask_for_version = 1U;
constexpr int rule_path_beneath = 1;

constexpr std::uint64_t execute = 1U << 0U;
constexpr std::uint64_t write_file = 1U << 1U;
constexpr std::uint64_t remove_dir = 1U << 4U;
constexpr std::uint64_t remove_file = 1U << 5U;
constexpr std::uint64_t make_char = 1U << 6U;
constexpr std::uint64_t make_dir = 1U << 7U;
constexpr std::uint64_t make_regular = 1U << 8U;
constexpr std::uint64_t make_socket = 1U << 9U;
constexpr std::uint64_t make_fifo = 1U << 10U;
constexpr std::uint64_t make_block = 1U << 11U;
constexpr std::uint64_t make_symlink = 1U << 12U;
constexpr std::uint64_t refer = 1U << 13U;        // since version 2
constexpr std::uint64_t truncate = 1U << 14U;     // 3
constexpr std::uint64_t ioctl_device = 1U << 15U; // 5

constexpr std::uint64_t scope_signal = 1U << 1U; // 6

/// struct landlock_ruleset_attr; a kernel that knows fewer members accepts them as long as they are zero.
struct Ruleset {
    std::uint64_t files = 0;
    std::uint64_t network = 0; ///< left alone: a reload may name other ports
    std::uint64_t scoped = 0;
};

struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed = 0;
    std::int32_t directory = -1;
};

std::uint64_t known_to(int version, std::uint64_t rights) {
    return rights & ~(version < 2 ? refer : 0) & ~(version < 3 ? truncate : 0) & ~(version < 5 ? ioctl_device : 0);
}

} // namespace

Result<int> forbid_foreign_files(const std::string& writable_directory) {
    const auto version = static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_for_version));
    if (version < 0) {
        if (errno == ENOSYS || errno == EOPNOTSUPP) {
            return 0; // not in this kernel, or not among those that it was booted with
        }
        return fail_errno(errno, "cannot ask for the version of Landlock");
    }
    const Ruleset ruleset{.files = known_to(version, execute | write_file | remove_dir | remove_file | make_char |
                                                         make_dir | make_regular | make_socket | make_fifo |
                                                         make_block | make_symlink | refer | truncate | ioctl_device),
                          .network = 0,
                          .scoped = version < 6 ? 0 : scope_signal};
    const UniqueFd rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0)));
    if (!rules) {
        return fail_errno(errno, "cannot make a Landlock ruleset");
    }
    const UniqueFd directory(::open(writable_directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        return fail_errno(errno, "cannot open {} for Landlock", writable_directory);
    }
    const PathBeneath below{.allowed =
                                known_to(version, write_file | remove_file | make_regular | make_socket | truncate),
                            .directory = directory.get()};
    if (::syscall(SYS_landlock_add_rule, rules.get(), rule_path_beneath, &below, 0) != 0) {
        return fail_errno(errno, "cannot add {} to the Landlock ruleset", writable_directory);
    }
    if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
        return fail_errno(errno, "cannot enter the Landlock ruleset");
    }
    return version;
}

} // namespace belay::daemon
