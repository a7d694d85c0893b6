// Which system calls the daemon never makes again, and memory that never becomes code.

#include "belay/daemon/sandbox.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <type_traits>

namespace belay::daemon {

namespace {

// Groups as in systemd.exec(5), without what the daemon lives on. clone and clone3 are below.
constexpr std::array forbidden{
    // another program or process, and looking into those that are there
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise), SCMP_SYS(kcmp), SCMP_SYS(pidfd_getfd),
    // rights
    SCMP_SYS(capset), SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setfsuid), SCMP_SYS(setfsgid), SCMP_SYS(setgroups), SCMP_SYS(personality),
    // another view of the system
    SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(chroot), SCMP_SYS(pivot_root), SCMP_SYS(mount), SCMP_SYS(umount2),
    SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen), SCMP_SYS(fsconfig), SCMP_SYS(fsmount),
    SCMP_SYS(fspick), SCMP_SYS(mount_setattr), SCMP_SYS(open_by_handle_at), SCMP_SYS(mknod), SCMP_SYS(mknodat),
    // another kernel, another state of this one
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct),
    SCMP_SYS(quotactl), SCMP_SYS(syslog), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex), SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(iopl), SCMP_SYS(ioperm),
    SCMP_SYS(modify_ldt), SCMP_SYS(vhangup), SCMP_SYS(lookup_dcookie), SCMP_SYS(fanotify_init),
    // where holes were found again and again
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(vmsplice)};

struct ReleaseFilter {
    void operator()(scmp_filter_ctx filter) const noexcept { ::seccomp_release(filter); }
};

using Filter = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, ReleaseFilter>;

/// Threads are made by clone3, or by clone where that is not there: its flags are in memory, which a filter cannot see.
/// So clone3 is said not to be there, and clone makes threads only.
int add_threads_only(const Filter& filter) {
    constexpr scmp_datum_t thread = CLONE_THREAD;
    const int clone3 = ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return clone3 != 0 ? clone3
                       : ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                            SCMP_A0(SCMP_CMP_MASKED_EQ, thread, 0));
}

constexpr int set_mdwe = 65; // PR_SET_MDWE and PR_MDWE_REFUSE_EXEC_GAIN of newer headers
constexpr unsigned long refuse_exec_gain = 1;

} // namespace

Status forbid_system_calls() {
    const Filter filter(::seccomp_init(SCMP_ACT_ALLOW));
    if (!filter) {
        return fail("cannot make a filter for system calls: out of memory");
    }
    for (const int call : forbidden) {
        if (const int error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0); error != 0) {
            return fail_errno(-error, "cannot forbid system call {}", call);
        }
    }
    if (const int error = add_threads_only(filter); error != 0) {
        return fail_errno(-error, "cannot forbid clone but for threads");
    }
    if (const int error = ::seccomp_load(filter.get()); error != 0) {
        return fail_errno(-error, "cannot load the filter for system calls");
    }
    return {};
}

Result<bool> forbid_new_code() {
    if (::prctl(set_mdwe, refuse_exec_gain, 0, 0, 0) == 0) {
        return true;
    }
    if (errno == EINVAL) {
        return false;
    }
    return fail_errno(errno, "cannot forbid memory to become code");
}

} // namespace belay::daemon
