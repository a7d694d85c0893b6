#include "belay/lifecheck/file_watch.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace belay::lifecheck {

namespace {

// IN_MODIFY, because some services keep their pid file open and locked. IN_ATTRIB: permissions, and touch(1), which is
// the remedy that process_check.cpp names.
constexpr std::uint32_t any_events = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                     IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t written_events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

} // namespace

FileWatch::FileWatch(boost::asio::io_context& loop, const std::string& path, News news, std::function<void()> touched)
    : directory_(std::filesystem::path(path).parent_path())
    , name_(std::filesystem::path(path).filename())
    , wanted_events_(news == News::any ? any_events : written_events)
    , touched_(std::move(touched))
    , events_(loop) {
    if (directory_.empty()) {
        directory_ = ".";
    }
}

void FileWatch::arm() {
    if (!events_.is_open()) {
        const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        boost::system::error_code error;
        if (fd < 0) {
            return;
        }
        events_.assign(fd, error);
        if (error) {
            ::close(fd);
            return;
        }
    }
    const int watch = ::inotify_add_watch(events_.native_handle(), directory_.c_str(), wanted_events_);
    if (directory_watch_ >= 0 && watch >= 0 && watch != directory_watch_) {
        ::inotify_rm_watch(events_.native_handle(), directory_watch_);
    }
    if (watch >= 0) {
        directory_watch_ = watch;
    }
    wait();
}

void FileWatch::wait() {
    if (std::exchange(waiting_, true)) {
        return;
    }
    events_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [weak = weak_from_this()](const boost::system::error_code& error) {
                           const auto self = weak.lock();
                           if (!self || error) {
                               return;
                           }
                           self->waiting_ = false;
                           const bool touched = self->drain();
                           self->wait();
                           if (touched) {
                               self->touched_();
                           }
                       });
}

bool FileWatch::drain() {
    alignas(inotify_event) std::array<char, 4096> buffer{};
    bool touched = false;
    ssize_t size = 0;
    while ((size = ::read(events_.native_handle(), buffer.data(), buffer.size())) > 0) {
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            const auto* const event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
            touched = concerns(*event) || touched;
            at += sizeof(inotify_event) + event->len;
        }
    }
    return touched;
}

/// Events of the directory itself, and a queue that overflowed, have no name: they concern every file in it.
bool FileWatch::concerns(const inotify_event& event) {
    if ((event.mask & IN_IGNORED) != 0 && event.wd == directory_watch_) {
        directory_watch_ = -1;
    }
    return event.len == 0 || std::string_view(&event.name[0]) == name_;
}

} // namespace belay::lifecheck
