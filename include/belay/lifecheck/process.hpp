#pragma once
// A process of this host, held by a pidfd: the descriptor means this very process, whatever becomes of its number
// (pidfd_open(2)).

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"
#include "belay/base/unique_fd.hpp"

#include <sys/types.h>

namespace belay::lifecheck {

/// A descriptor that becomes readable when the process ends. A zombie has ended: error code ESRCH, as for a number that
/// no process has. No right over the process is needed.
[[nodiscard]] Result<UniqueFd> open_process(pid_t pid);

/// Whether the process behind a pidfd has ended. Does not wait.
[[nodiscard]] bool has_ended(int pidfd);

/// When the process began, on the wall clock as it is set *now*; exact to 10 ms. An error where /proc hides it.
[[nodiscard]] Result<Duration> started_at(pid_t pid);

} // namespace belay::lifecheck
