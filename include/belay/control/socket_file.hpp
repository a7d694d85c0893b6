#pragma once
// The file DIR/control.sock: who may connect is decided by its mode before anybody can, and the file of a daemon that
// died is taken over without a moment in which there is none.

#include "belay/base/result.hpp"

#include <optional>
#include <string>
#include <sys/types.h>

namespace belay::control {

/// A listening local socket and its file. Owns both until release_fd() gives the descriptor away; the file goes with
/// this object, if it is still the same file. Any one thread.
class SocketFile {
public:
    /// Binds, sets mode 0660 and `group` (0600 without a group), listens, and only then puts the file in its place.
    /// Fails when another daemon answers there, or when something that is not a socket is in the way.
    static Result<SocketFile> create(const std::string& directory, std::optional<gid_t> group);

    SocketFile(SocketFile&& other) noexcept;
    SocketFile& operator=(SocketFile&& other) noexcept;
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;
    ~SocketFile();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Why members of the group cannot connect, for the log; empty when they can, or when there is no such group.
    [[nodiscard]] const std::string& warning() const noexcept { return warning_; }

    /// The caller closes it from now on.
    [[nodiscard]] int release_fd() noexcept;

    /// Takes the file away now; does nothing when another daemon has put its own there.
    void remove() noexcept;

private:
    SocketFile(int descriptor, std::string path)
        : fd_(descriptor)
        , path_(std::move(path)) {}

    Status put_in_place(const std::string& draft, std::optional<gid_t> group);

    int fd_ = -1;
    std::string path_;
    std::string warning_;
    dev_t device_ = 0; ///< with inode_: what put_in_place() put there; inode 0 is nothing
    ino_t inode_ = 0;
};

} // namespace belay::control
