#include "belay/lifecheck/pid_file.hpp"

#include "belay/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>

namespace belay::lifecheck {

namespace {

/// Numbers, not names: looking up a name may ask a directory server, and wait for it.
std::string owner_words(const struct stat& status) {
    return fmt::format("owner uid {}, group gid {}, mode {:04o}", status.st_uid, status.st_gid,
                       status.st_mode & 07777U);
}

/// A file that its group may read needs no change; pgpool-II and PostgreSQL make theirs for the owner alone.
std::string_view remedy(const struct stat& status, mode_t group_right) {
    return (status.st_mode & group_right) != 0
               ? "add that group to the unit of belayd (SupplementaryGroups=)"
               : "let its service open it to the user of belayd, see PID FILES in belayd(8)";
}

/// Who may read, when this process may not: the file's owner, or that of the directory which hides the file.
std::unexpected<Error> forbidden(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0) {
        return std::unexpected(
            Error{.text = fmt::format("cannot read {} ({}): {}", path, owner_words(status), remedy(status, S_IRGRP)),
                  .code = EACCES});
    }
    // Not even its attributes: a directory on the way is closed, the deepest one whose own attributes can be seen.
    std::filesystem::path closed = std::filesystem::path(path).parent_path();
    while (!closed.empty() && closed != closed.root_path() && ::stat(closed.c_str(), &status) != 0) {
        closed = closed.parent_path();
    }
    return std::unexpected(Error{.text = fmt::format("cannot read {}: directory {} is closed ({}): {}", path,
                                                     closed.string(), owner_words(status), remedy(status, S_IXGRP)),
                                 .code = EACCES});
}

std::unexpected<Error> absent(const std::string& path) {
    const std::filesystem::path directory = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (!std::filesystem::exists(directory, ignored)) {
        return std::unexpected(
            Error{.text = fmt::format("{} does not exist, nor does its directory", path), .code = ENOENT});
    }
    return std::unexpected(Error{.text = fmt::format("{} does not exist", path), .code = ENOENT});
}

} // namespace

Result<pid_t> parse_pid(std::string_view content) {
    if (content.empty()) {
        return fail("is still empty");
    }
    const std::string_view line = content.substr(0, content.find_first_of(std::string_view("\n\r\0", 3)));
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return fail("has an empty first line");
    }
    const std::string_view digits = line.substr(first, line.find_last_not_of(" \t") + 1 - first);
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
    if (error != std::errc{} || end != digits.data() + digits.size() || pid <= 0) {
        return fail("does not begin with a process id");
    }
    return pid;
}

Result<PidFile> read_pid_file(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        switch (errno) {
        case EACCES:
            return forbidden(path);
        case ENOENT:
            return absent(path);
        default:
            return fail_errno(errno, "cannot open {}", path);
        }
    }
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return fail_errno(errno, "cannot look at {}", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail("{} is not a regular file", path);
    }
    std::array<char, 128> content{}; // more than any number and its line end
    const ssize_t size = ::pread(file.get(), content.data(), content.size(), 0);
    if (size < 0) {
        return fail_errno(errno, "cannot read {}", path);
    }
    const Result<pid_t> pid = parse_pid({content.data(), static_cast<std::size_t>(size)});
    if (!pid) {
        return fail("{} {}", path, pid.error().text);
    }
    if (*pid == ::getpid()) {
        return fail("{} names pid {}, which is belayd itself", path, *pid);
    }
    return PidFile{.pid = *pid,
                   .modified = std::chrono::seconds(status.st_mtim.tv_sec) + Duration(status.st_mtim.tv_nsec)};
}

} // namespace belay::lifecheck
