#pragma once
// Tells when something happens to a file that another program writes, by inotify(7) on its directory: the file itself
// comes and goes.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <sys/inotify.h>

namespace belay::lifecheck {

/// Held by shared_ptr, because a handler of the loop may come after its owner is gone. On the loop's thread only.
/// Without inotify (its limits are reached) it is silent: its user looks now and then anyway.
class FileWatch : public std::enable_shared_from_this<FileWatch> {
public:
    /// What is news: anything, or only that a writer closed the file or moved it into place. The latter wakes nobody
    /// for a log that grows in the same directory.
    enum class News : std::uint8_t { any, written };

    /// `touched` is called when the file may have been made, written, moved, removed or given new attributes, or only
    /// when it may have been written.
    FileWatch(boost::asio::io_context& loop, const std::string& path, News news, std::function<void()> touched);

    /// Watches the directory that has the path now. To be repeated now and then: the directory may be made later, and
    /// may be replaced by another one of the same name. Costs one system call when nothing changed.
    void arm();

private:
    void wait();
    /// Reads all waiting events; whether one of them concerns the file.
    [[nodiscard]] bool drain();
    [[nodiscard]] bool concerns(const inotify_event& event);

    std::string directory_;
    std::string name_;
    std::uint32_t wanted_events_;
    std::function<void()> touched_;
    boost::asio::posix::stream_descriptor events_;
    int directory_watch_ = -1;
    bool waiting_ = false;
};

} // namespace belay::lifecheck
