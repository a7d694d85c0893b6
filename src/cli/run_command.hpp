#pragma once
// Runs a command of the user's as a child of `belay`, which pgpool-II or a unit of its own has started. The one place
// of Belay that starts a process; the daemon has none.

#include "belay/base/result.hpp"

#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace belay::cli {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// Runs `command` (a program, looked up in PATH, and its arguments; no shell) with our environment, what `added` names,
/// and our standard streams, and waits for its end. The exit code as a shell counts it: 128 and the number for a
/// signal, 127 where the program is not there, 126 where it cannot be run. An error: no process could be made.
/// `command` is not empty. `blocked` are the signals that it begins with blocked; nullptr: those of this thread.
[[nodiscard]] Result<int> run_command(const std::vector<std::string>& command, const Environment& added = {},
                                      const sigset_t* blocked = nullptr);

} // namespace belay::cli
