#pragma once
// A file descriptor with one owner.

#include <unistd.h>
#include <utility>

namespace belay {

/// Closes its descriptor when it ends; -1 is none. Any one thread.
class UniqueFd {
public:
    UniqueFd() = default;

    /// Takes over `fd`, which may be -1, the failure of the call that made it.
    explicit UniqueFd(int fd) noexcept
        : fd_(fd) {}

    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;

    UniqueFd(UniqueFd&& other) noexcept
        : fd_(other.release()) {}

    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = other.release();
        }
        return *this;
    }

    ~UniqueFd() { close(); }

    [[nodiscard]] int get() const noexcept { return fd_; }

    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }

    /// Gives the descriptor away: the caller closes it.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

private:
    void close() noexcept {
        if (fd_ >= 0) {
            ::close(fd_); // an error here has no remedy: the descriptor is gone either way (close(2))
        }
    }

    int fd_ = -1;
};

} // namespace belay
