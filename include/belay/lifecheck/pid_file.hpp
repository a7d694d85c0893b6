#pragma once
// Reads the file in which a service tells its process id: the first line is the number, as postmaster.pid(5),
// pgpool.pid and most daemons have it. What follows the first line is the service's own affair.

#include "belay/base/result.hpp"
#include "belay/base/time.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>

namespace belay::lifecheck {

struct PidFile {
    pid_t pid = 0;
    Duration modified{}; ///< wall clock, since the epoch
};

/// The number at the start of the file's content. It ends at a newline, at the NUL byte that pgpool-II writes, or with
/// the content. Nothing yet, or anything but a positive process id, is an error, without the name of the file.
[[nodiscard]] Result<pid_t> parse_pid(std::string_view content);

/// Opens the file anew each time, because services replace it. Never waits, not even on a FIFO. The error's text names
/// the file and, where it is forbidden to read, who may.
[[nodiscard]] Result<PidFile> read_pid_file(const std::string& path);

} // namespace belay::lifecheck
