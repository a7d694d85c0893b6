// The process named by a pid file must live. A pidfd tells its death, and inotify a change of the file, both at once;
// every `interval` all is looked at anyway, because a directory can be made later and inotify has limits. `rise` and
// `fall` do not apply: what the kernel says is no matter of opinion.
//
// The file is the authority on which process is meant, but only the process's own end makes it unhealthy: a file that
// was removed, emptied or closed to us changes the words, not the verdict, while the known process lives.
//
// Numbers are used again. A process that began after its pid file was last written is not the one that the file
// means: the file was left over, typically by a power loss. Both times are on the wall clock; if that was set forward
// in between, a good process is refused too. Only a process that we do not hold yet is judged so, and `touch` on the
// file, which the message names, settles it.

#include "belay/lifecheck/check.hpp"
#include "belay/lifecheck/file_watch.hpp"
#include "belay/lifecheck/pid_file.hpp"
#include "belay/lifecheck/process.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <utility>

namespace belay::lifecheck {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr Duration write_delay_max = std::chrono::seconds(1); ///< file times and start times are not exact

/// Opens the process that the file means; the error is the detail of an unhealthy service.
Result<UniqueFd> open_named_process(const PidFile& file, const std::string& path) {
    Result<UniqueFd> pidfd = open_process(file.pid);
    if (!pidfd) {
        if (pidfd.error().code == ESRCH) {
            return fail("pid {} from {} is not running", file.pid, path);
        }
        return fail("pid {} from {}: {}", file.pid, path, pidfd.error().text);
    }
    const Result<Duration> started = started_at(file.pid);
    if (has_ended(pidfd->get())) { // otherwise the start was read of the process that the pidfd holds
        return fail("pid {} from {} is not running", file.pid, path);
    }
    if (started && *started > file.modified + write_delay_max) {
        return fail("pid {} from {} is another process: it began after the file was written (if it is the service and "
                    "the clock was set since, touch the file)",
                    file.pid, path);
    }
    return pidfd;
}

/// The state that handlers share: they hold it weakly, so that one that comes late finds it gone.
class WatchedProcess : public std::enable_shared_from_this<WatchedProcess> {
public:
    WatchedProcess(asio::io_context& loop, const config::Service& service, Report report)
        : path_(service.pid_file)
        , interval_(service.interval)
        , report_(std::move(report))
        , pidfd_(loop)
        , pause_(loop) {}

    void start(asio::io_context& loop) {
        file_watch_ = std::make_shared<FileWatch>(loop, path_, FileWatch::News::any, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) {
                self->look();
            }
        });
        look();
    }

private:
    /// The one thing to do, whatever happened. The watch is armed before the file is read, so that no change is lost.
    void look() {
        file_watch_->arm();
        const Health health = judge();
        pause_.expires_after(interval_);
        pause_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
            if (const auto self = weak.lock(); self && !cancelled) {
                self->look();
            }
        });
        report_(health); // last: the report may destroy the check
    }

    Health judge() {
        const Result<PidFile> file = read_pid_file(path_);
        const bool alive = pidfd_.is_open() && !has_ended(pidfd_.native_handle());
        if (alive && !file) {
            return {.healthy = true, .detail = fmt::format("pid {} runs, but {}", pid_, file.error().text)};
        }
        if (alive && file->pid == pid_) {
            return running();
        }
        error_code ignored;
        pidfd_.close(ignored);
        if (!file) {
            return {.healthy = false, .detail = file.error().text};
        }
        if (const Status held = hold(*file); !held) {
            return {.healthy = false, .detail = held.error().text};
        }
        return running();
    }

    [[nodiscard]] Health running() const {
        return {.healthy = true, .detail = fmt::format("pid {} from {} runs", pid_, path_)};
    }

    Status hold(const PidFile& file) {
        Result<UniqueFd> opened = open_named_process(file, path_);
        if (!opened) {
            return std::unexpected(opened.error());
        }
        error_code error;
        pidfd_.assign(opened->get(), error);
        if (error) {
            return fail_errno(error.value(), "cannot wait for the end of pid {}", file.pid);
        }
        std::ignore = opened->release(); // pidfd_ owns it now
        pid_ = file.pid;
        pidfd_.async_wait(asio::posix::stream_descriptor::wait_read,
                          [weak = weak_from_this()](const error_code& cancelled) {
                              if (const auto self = weak.lock(); self && !cancelled) {
                                  self->look();
                              }
                          });
        return {};
    }

    std::string path_;
    Duration interval_;
    Report report_;
    std::shared_ptr<FileWatch> file_watch_;
    pid_t pid_ = 0; ///< of pidfd_, while that is open
    asio::posix::stream_descriptor pidfd_;
    asio::steady_timer pause_;
};

class ProcessCheck final : public Check {
public:
    ProcessCheck(asio::io_context& loop, std::shared_ptr<WatchedProcess> process)
        : process_(std::move(process)) {
        process_->start(loop);
    }

private:
    std::shared_ptr<WatchedProcess> process_;
};

} // namespace

std::unique_ptr<Check> make_process_check(asio::io_context& loop, const config::Service& service, Report report) {
    return std::make_unique<ProcessCheck>(loop, std::make_shared<WatchedProcess>(loop, service, std::move(report)));
}

} // namespace belay::lifecheck
