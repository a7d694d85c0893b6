#pragma once
// What the daemon gives up beyond rights (DESIGN section 5), so that it is as safe when it was started by hand as when
// its unit confines it. Who takes belayd over from outside finds no way to start a program, to write a file outside of
// the runtime directory, to signal or trace a process, or to reach those parts of the kernel that no daemon needs.
//
// All three are for good, and belong to a thread: to be called while there is only one, after keep_only_net_admin().

#include "belay/base/result.hpp"

#include <string>

namespace belay::daemon {

/// Landlock: from now on files are changed, made and removed below `writable_directory` only, no program is started
/// from a file, no device takes an ioctl, and signals go to this process only. Reading stays as file permissions have
/// it, because what is read (configuration, keys, pid files) may be named anew by a reload. What an older kernel does
/// not know is left out. Gives the version of Landlock's interface that the kernel has, 0 where it has none.
[[nodiscard]] Result<int> forbid_foreign_files(const std::string& writable_directory);

/// seccomp: system calls that start processes, change rights, namespaces, mounts, modules, clocks or the memory of
/// others, and interfaces that are known for holes and that nothing here uses, fail with EPERM. What must not be is
/// named, not what may be: a list of all that may be changes with each C library, and a daemon that keeps an address
/// must not fail at the first call that its author did not foresee. The unit has such a list in addition
/// (SystemCallFilter=@system-service), kept by systemd.
[[nodiscard]] Status forbid_system_calls();

/// Memory that was ever writable never becomes code (PR_SET_MDWE). Whether the kernel has that: Linux 6.3.
[[nodiscard]] Result<bool> forbid_new_code();

} // namespace belay::daemon
