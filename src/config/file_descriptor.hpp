#pragma once
// An open file that closes itself.

#include <unistd.h>

namespace belay::config {

class FileDescriptor {
public:
    /// Takes what open(2) returned; a negative value owns nothing.
    explicit FileDescriptor(int number) noexcept
        : number_(number) {}

    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    FileDescriptor(FileDescriptor&&) = delete;
    FileDescriptor& operator=(FileDescriptor&&) = delete;

    ~FileDescriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }

    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

} // namespace belay::config
