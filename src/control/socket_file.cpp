#include "belay/control/socket_file.hpp"

#include "belay/control/address.hpp"

#include <cerrno>
#include <cstdio>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace belay::control {

namespace {

constexpr int backlog = 16;
constexpr mode_t mode_with_group = 0660;
constexpr mode_t mode_without_group = 0600;

int open_local_socket() {
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/// sockaddr_un is what the kernel calls a sockaddr; the cast is the interface of bind(2).
const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

/// Whether the place is free: nothing there, or the socket of a daemon that is gone.
Status require_free(const std::string& path, const sockaddr_un& address) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        return errno == ENOENT ? Status() : fail_errno(errno, "cannot look at {}", path);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return fail("{} is there and is not a socket; remove it or use another runtime directory", path);
    }
    const int probe = open_local_socket();
    if (probe < 0) {
        return fail_errno(errno, "cannot open a local socket");
    }
    const int code = ::connect(probe, generic(address), sizeof(address)) == 0 ? 0 : errno;
    ::close(probe);
    if (code == ECONNREFUSED || code == ENOENT) {
        return {};
    }
    if (code == 0 || code == EAGAIN) { // EAGAIN: it lives, its queue is full
        return fail("another daemon answers at {}; stop it or use another runtime directory", path);
    }
    return fail_errno(code, "cannot tell whether another daemon answers at {}", path);
}

} // namespace

Result<SocketFile> SocketFile::create(const std::string& directory, std::optional<gid_t> group) {
    const std::string path = socket_path(directory);
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    const auto address = local_address(path);
    const auto draft_address = local_address(draft);
    if (!address || !draft_address) {
        return std::unexpected(address ? draft_address.error() : address.error());
    }
    if (const Status free = require_free(path, *address); !free) {
        return std::unexpected(free.error());
    }
    SocketFile file(open_local_socket(), path);
    if (file.fd_ < 0) {
        return fail_errno(errno, "cannot open a local socket");
    }
    ::unlink(draft.c_str()); // of a run with our process id that died half way
    if (::bind(file.fd_, generic(*draft_address), sizeof(*draft_address)) != 0) {
        return fail_errno(errno, "cannot make the control socket {}", draft);
    }
    if (const Status placed = file.put_in_place(draft, group); !placed) {
        ::unlink(draft.c_str());
        return std::unexpected(placed.error());
    }
    return file;
}

Status SocketFile::put_in_place(const std::string& draft, std::optional<gid_t> group) {
    mode_t mode = mode_without_group;
    if (group && ::chown(draft.c_str(), static_cast<uid_t>(-1), *group) == 0) {
        mode = mode_with_group;
    } else if (group) {
        warning_ = fmt::format("cannot give {} to group {}: {}; only root and the daemon's user can connect", path_,
                               *group, errno_text(errno));
    }
    struct stat status{};
    if (::chmod(draft.c_str(), mode) != 0 || ::listen(fd_, backlog) != 0 || ::lstat(draft.c_str(), &status) != 0 ||
        ::rename(draft.c_str(), path_.c_str()) != 0) {
        return fail_errno(errno, "cannot put the control socket at {}", path_);
    }
    device_ = status.st_dev;
    inode_ = status.st_ino;
    return {};
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1))
    , path_(std::move(other.path_))
    , warning_(std::move(other.warning_))
    , device_(other.device_)
    , inode_(std::exchange(other.inode_, 0)) {}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    std::swap(warning_, other.warning_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    return *this;
}

SocketFile::~SocketFile() {
    remove();
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

void SocketFile::remove() noexcept {
    struct stat status{};
    if (inode_ != 0 && ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_) {
        ::unlink(path_.c_str());
    }
    inode_ = 0;
}

int SocketFile::release_fd() noexcept {
    return std::exchange(fd_, -1);
}

} // namespace belay::control
