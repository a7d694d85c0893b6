#include "belay/daemon/runtime_dir.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>

namespace belay::daemon {

namespace {

constexpr mode_t directory_mode = 0750;
constexpr mode_t file_mode = 0640;
constexpr std::size_t file_size_max = std::size_t{512} * 1024; ///< ours are far smaller

Status check_owner(int directory, const std::string& path) {
    struct stat status{};
    if (::fstat(directory, &status) != 0) {
        return fail_errno(errno, "cannot look at {}", path);
    }
    if (status.st_uid != ::geteuid()) {
        return fail("{} belongs to uid {}, not to uid {} which runs belayd: give it to that user, or name another "
                    "directory with --runtime-dir",
                    path, status.st_uid, ::geteuid());
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return fail("{} has mode {:04o}: others than its owner may write there; chmod 0750 {}", path,
                    status.st_mode & 07777U, path);
    }
    return {};
}

Status write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0 && errno != EINTR) {
            return fail_errno(errno, "cannot write");
        }
        content.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return {};
}

} // namespace

Result<RuntimeDir> RuntimeDir::open(const std::string& path) {
    const bool made = ::mkdir(path.c_str(), directory_mode) == 0;
    if (!made && errno != EEXIST) {
        return fail_errno(errno, "cannot make the runtime directory {}", path);
    }
    UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        return fail_errno(errno, "cannot open the runtime directory {}", path);
    }
    if (made && ::fchmod(directory.get(), directory_mode) != 0) { // whatever the umask left of it
        return fail_errno(errno, "cannot set the mode of {}", path);
    }
    if (const Status good = check_owner(directory.get(), path); !good) {
        return std::unexpected(good.error());
    }
    return RuntimeDir(path, std::move(directory));
}

Result<std::optional<std::string>> RuntimeDir::read(const std::string& name) const {
    const UniqueFd file(
        ::openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        return fail_errno(errno, "cannot open {}/{}", path_, name);
    }
    std::string content;
    std::array<char, 4096> part{};
    while (content.size() < file_size_max) {
        const ssize_t size = ::read(file.get(), part.data(), part.size());
        if (size < 0 && errno != EINTR) {
            return fail_errno(errno, "cannot read {}/{}", path_, name);
        }
        if (size == 0) {
            break;
        }
        content.append(part.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    return content;
}

Status RuntimeDir::replace(const std::string& name, std::string_view content, Durability durability) const {
    const std::string fresh = name + ".new"; // one daemon per directory: nobody else writes it
    const auto failed = [&](const Error& error) {
        ::unlinkat(directory_.get(), fresh.c_str(), 0);
        return std::unexpected(
            Error{.text = fmt::format("cannot replace {}/{}: {}", path_, name, error.text), .code = error.code});
    };
    const auto failed_errno = [&](const char* what) {
        return failed({.text = fmt::format("{}: {}", what, errno_text(errno)), .code = errno});
    };
    ::unlinkat(directory_.get(), fresh.c_str(), 0); // of a run that was killed half-way
    const UniqueFd file(
        ::openat(directory_.get(), fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode));
    if (!file) {
        return failed_errno("cannot make a new file");
    }
    if (const Status written = write_all(file.get(), content); !written) {
        return failed(written.error());
    }
    if (durability == Durability::on_disk && ::fsync(file.get()) != 0) {
        return failed_errno("cannot bring it to disk");
    }
    if (::renameat(directory_.get(), fresh.c_str(), directory_.get(), name.c_str()) != 0) {
        return failed_errno("cannot rename the new file");
    }
    return durability == Durability::on_disk ? sync() : Status{};
}

Status RuntimeDir::remove(const std::string& name) const {
    if (::unlinkat(directory_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
        return fail_errno(errno, "cannot remove {}/{}", path_, name);
    }
    return sync();
}

Status RuntimeDir::sync() const {
    if (::fsync(directory_.get()) != 0) {
        return fail_errno(errno, "cannot bring {} to disk", path_);
    }
    return {};
}

} // namespace belay::daemon
